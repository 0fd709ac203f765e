{{%AUTOESCAPE context="HTML"}}<!DOCTYPE html>
<html lang="{{LANGUAGE}}">
<head>
<meta charset="utf-8">
<title>{{SUBJECT}}</title>
</head>
<body>
{{#PARAGRAPH}}<p dir="auto">{{TEXT}}</p>
{{/PARAGRAPH}}</body>
</html>
