{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="{{LANGUAGE}}">
<head>
<meta charset="utf-8">
<title>{{SUBJECT}}</title>
</head>
<body>
{{#PARAGRAPH}}<p dir="auto">{{#LINE}}{{#PART}}{{TEXT}}{{#NAME}}<bdi>{{WORDS}}</bdi>{{/NAME}}{{#ANCHOR}}<a href="{{LINK}}">{{LINK}}</a>{{/ANCHOR}}{{/PART}}{{#LINE_separator}}<br>
{{/LINE_separator}}{{/LINE}}</p>
{{/PARAGRAPH}}</body>
</html>
