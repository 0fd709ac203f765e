"""What the `access` option of a method says of a call, read anew: nothing of the services' code."""

from parties import Who


def dig(fields, path: str):
    """What a path such as `order.line_items.0.offer` leads to; None where it leads nowhere."""
    for name in path.split("."):
        try:
            fields = fields[int(name) if name.isdigit() else name]
        except (KeyError, IndexError):
            return None
    return fields


def put(fields: dict, path: str, value) -> dict:
    """A copy with another value there."""
    name, _, rest = path.partition(".")
    if isinstance(fields, list):
        place = int(name)
        return [put(each, rest, value) if rest and number == place else
                value if number == place else each for number, each in enumerate(fields)]
    return fields | {name: put(fields[name], rest, value) if rest else value}


def account_in(method, fields: dict) -> str | None:
    """The account that the call names, where the method has one."""
    named = method.access.account_field
    value = dig(fields, named) if named else None
    return None if value is None else "/".join(value.split("/")[:2])


def refusal(method, who: Who, fields: dict, reason_is_said: bool = True) -> str:
    """The reason with which the call is refused before anybody looks for rows; empty if it is not."""
    access = method.access
    if access.anonymous:
        return ""
    if not who.family:
        return "TOKEN_MISSING"
    if who.family == "OPERATOR" and access.operator_reason and not reason_is_said:
        return "OPERATOR_REASON_MISSING"
    callers = [caller for caller in access.callers
               if caller.Family.Name(caller.family) == who.family]
    account = account_in(method, fields)
    if account not in (None, who.account) and who.family != "OPERATOR":
        callers = [caller for caller in callers if not caller.own]
        if not callers:
            return "RESOURCE_NOT_FOUND"
    return "" if any(who.role in caller.roles for caller in callers) else "ROLE_MISSING"
