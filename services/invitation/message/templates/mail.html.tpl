{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="{{LANGUAGE}}">
<head>
<meta charset="utf-8">
<title>{{SUBJECT}}</title>
</head>
<body>
{{#PARAGRAPH}}<p>{{#LINE}}{{BEFORE}}{{#ANCHOR}}<a href="{{LINK}}">{{LINK}}</a>{{/ANCHOR}}{{AFTER}}{{#LINE_separator}}<br>
{{/LINE_separator}}{{/LINE}}</p>
{{/PARAGRAPH}}</body>
</html>
