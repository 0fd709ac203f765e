# Writes OUTPUT, a C++ source that holds the files TEMPLATES of FOLDER as strings.
set(entries "")
foreach(template IN LISTS TEMPLATES)
  file(READ ${FOLDER}/${template} content)
  string(APPEND entries "      {\"${template}\", R\"template(${content})template\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"services/invitation/message/templates.h\"

namespace partnerlink::invitation::message {

const std::vector<EmbeddedTemplate>& EmbeddedTemplates() {
  static const auto& templates = *new std::vector<EmbeddedTemplate>{
${entries}  };
  return templates;
}

}  // namespace partnerlink::invitation::message
")
