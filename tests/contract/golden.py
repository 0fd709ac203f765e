"""Prints the public API, one line a method, field or value: what callers depend on.

    golden           prints it
    golden --write   writes it to tests/golden/api.txt, which the contract test compares with
"""

import sys

import descriptors

GOLDEN = descriptors.ROOT / "tests/golden/api.txt"


def type_of(field) -> str:
    """A field's type as a proto file spells it."""
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        key, value = field.message_type.fields
        return f"map<{type_of(key)}, {type_of(value)}>"
    if field.message_type is not None:
        name = field.message_type.full_name
    elif field.enum_type is not None:
        name = field.enum_type.full_name
    else:
        name = descriptors.descriptor_pb2.FieldDescriptorProto.Type.Name(field.type)
        name = name.removeprefix("TYPE_").lower()
    return f"repeated {name}" if field.is_repeated else name


def callers_of(access) -> str:
    parts = []
    if access.anonymous:
        parts.append("anyone")
    if access.peers:
        parts.append("peers " + ", ".join(access.peers))
    for caller in access.callers:
        family = caller.DESCRIPTOR.enum_types_by_name["Family"].values_by_number[caller.family]
        own = " own" if caller.own else ""
        parts.append(f"{family.name}{own} ({' '.join(caller.roles)})")
    if access.account_field:
        parts.append(f"account in {access.account_field}")
    if access.operator_reason:
        parts.append("operators give a reason")
    return "; ".join(parts)


def method_lines(method) -> list[str]:
    lines = [f"  {method.name}({method.request.full_name}) returns ({method.response.full_name})"]
    for binding in method.bindings:
        body = f" body {binding.body}" if binding.body else ""
        lines.append(f"    {binding.verb} {binding.path}{body}")
    lines.append(f"    access: {callers_of(method.access) if method.access else 'none'}")
    return lines


def message_lines(protoset, message) -> list[str]:
    lines = [f"message {message.full_name}"]
    for field in sorted(message.fields, key=lambda field: field.number):
        behaviors = "".join(f" {name}" for name in sorted(protoset.behaviors(field)))
        lines.append(f"  {field.number} {field.name} {type_of(field)}{behaviors}")
    for enum in message.enum_types:
        lines += enum_lines(enum)
    for nested in message.nested_types:
        if not nested.GetOptions().map_entry:
            lines += message_lines(protoset, nested)
    return lines


def enum_lines(enum) -> list[str]:
    values = sorted(enum.values, key=lambda value: value.number)
    return [f"enum {enum.full_name}"] + [f"  {value.number} {value.name}" for value in values]


def describe(protoset) -> str:
    """The whole API as text."""
    lines = []
    for number, method in enumerate(protoset.methods):
        if number == 0 or protoset.methods[number - 1].service != method.service:
            lines.append(f"service {method.service}")
        lines += method_lines(method)
    for file in sorted(protoset.our_files, key=lambda file: file.name):
        descriptor = protoset.pool.FindFileByName(file.name)
        for extension in descriptor.extensions_by_name.values():
            lines.append(f"extend {extension.containing_type.full_name}")
            lines.append(f"  {extension.number} {extension.full_name} {type_of(extension)}")
        for enum in descriptor.enum_types_by_name.values():
            lines += enum_lines(enum)
        for message in descriptor.message_types_by_name.values():
            lines += message_lines(protoset, message)
    return "\n".join(lines) + "\n"


def main() -> None:
    text = describe(descriptors.load())
    if sys.argv[1:] == ["--write"]:
        GOLDEN.write_text(text)
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
