"""Does a program that was written for one OpenAPI description work with a later one?

What is asked may only widen, what is answered may only grow. So it breaks to take away an operation, a parameter, a
member or a success, to ask for something new, to narrow what is taken, or to widen the type of what is answered. New
operations, members that may be left out, and answers may come at any time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

Json = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# Limits of what is taken: (name, whether a higher value takes more).
_LIMITS = (
    ("maximum", True),
    ("minimum", False),
    ("maxLength", True),
    ("minLength", False),
    ("maxItems", True),
    ("minItems", False),
)


class Direction(Enum):
    ASKED = auto()
    ANSWERED = auto()


def breaking_changes(before: Json, after: Json) -> list[str]:
    """What of `before` a program may rely on and does not find in `after`; one sentence each."""
    return list(_Comparison(before, after).of_operations())


@dataclass(frozen=True)
class _Comparison:
    before: Json
    after: Json

    def of_operations(self) -> Iterator[str]:
        for path, methods in self.before["paths"].items():
            for method in METHODS:
                if method not in methods:
                    continue
                where = f"{method.upper()} {path}"
                later = self.after["paths"].get(path, {}).get(method)
                if later is None:
                    yield f"{where}: is gone"
                else:
                    yield from self._of_operation(where, methods[method], later)

    def _of_operation(self, where: str, old: Json, new: Json) -> Iterator[str]:
        yield from self._of_parameters(where, _parameters(old), _parameters(new))
        yield from self._of_body(f"{where}: body", old.get("requestBody"), new.get("requestBody"))
        yield from self._of_answers(where, old.get("responses", {}), new.get("responses", {}))
        # No requirement at all, or an empty one among them: anybody may ask.
        was_open, is_open = (not of.get("security") or {} in of["security"] for of in (old, new))
        if was_open and not is_open:
            yield f"{where}: asks who one is"

    def _of_parameters(self, where: str, old: Json, new: Json) -> Iterator[str]:
        for key, parameter in new.items():
            if parameter.get("required") and not old.get(key, {}).get("required"):
                yield f"{where}: {key} is required now"
        for key, parameter in old.items():
            if key not in new:
                yield f"{where}: {key} is gone"
            else:
                yield from self._of_schema(f"{where}: {key}", parameter["schema"], new[key]["schema"], Direction.ASKED)

    def _of_body(self, where: str, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield f"{where} is required now"
            return
        if new is None:
            yield f"{where} is gone"
            return
        if new.get("required") and not old.get("required"):
            yield f"{where} is required now"
        yield from self._of_content(where, old, new, Direction.ASKED)

    def _of_answers(self, where: str, old: Json, new: Json) -> Iterator[str]:
        for status, answer in old.items():
            here = f"{where}: {status}"
            if status not in new:
                if status < "400":
                    yield f"{here} is gone"
                continue
            before, after = self._found(self.before, answer), self._found(self.after, new[status])
            yield from self._of_content(here, before, after, Direction.ANSWERED)
            for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield f"{here}: header {header} is gone"

    def _of_content(self, where: str, old: Json, new: Json, direction: Direction) -> Iterator[str]:
        for media_type, described in old.get("content", {}).items():
            later = new.get("content", {}).get(media_type)
            if later is None:
                yield f"{where}: {media_type} is gone"
            else:
                yield from self._of_schema(where, described.get("schema", {}), later.get("schema", {}), direction)

    def _of_schema(
        self, where: str, old: Json, new: Json, direction: Direction, above: tuple[tuple[str, str], ...] = ()
    ) -> Iterator[str]:
        refs = (old.get("$ref", ""), new.get("$ref", ""))
        if all(refs):
            if refs in above:
                return
            above = (*above, refs)
        if "oneOf" in self._found(self.before, old) or "oneOf" in self._found(self.after, new):
            yield from self._of_kinds(where, old, new, direction, above)
            return
        old, new = self._whole(self.before, old), self._whole(self.after, new)
        yield from _of_type(where, old, new, direction)
        if direction is Direction.ASKED:
            yield from _of_limits(where, old, new)
        if "items" in old and "items" in new:
            yield from self._of_schema(f"{where}[]", old["items"], new["items"], direction, above)
        yield from self._of_members(where, old, new, direction, above)

    def _of_kinds(
        self, where: str, old: Json, new: Json, direction: Direction, above: tuple[tuple[str, str], ...]
    ) -> Iterator[str]:
        """One of several schemas, which are told apart by their names. What may be asked must all still be there."""
        olds, news = self._kinds(self.before, old), self._kinds(self.after, new)
        for name, kind in olds.items():
            if name in news:
                yield from self._of_schema(f"{where} {name}", kind, news[name], direction, above)
            elif direction is Direction.ASKED:
                yield f"{where} is not taken any more as {name}"

    def _of_members(
        self, where: str, old: Json, new: Json, direction: Direction, above: tuple[tuple[str, str], ...]
    ) -> Iterator[str]:
        olds, news = old.get("properties", {}), new.get("properties", {})
        must_before, must_now = set(old.get("required", ())), set(new.get("required", ()))
        if direction is Direction.ASKED:
            for name in sorted(must_now - must_before):
                yield f"{where}.{name} is required now"
            if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
                yield f"{where} takes nothing else now"
        for name, member in olds.items():
            if direction is Direction.ASKED and member.get("readOnly"):
                continue
            if name not in news:
                yield f"{where}.{name} is gone"
                continue
            if direction is Direction.ANSWERED and name in must_before - must_now:
                yield f"{where}.{name} is not always there now"
            yield from self._of_schema(f"{where}.{name}", member, news[name], direction, above)

    def _found(self, description: Json, what: Json) -> Json:
        while "$ref" in what:
            found: Any = description
            for step in what["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            what = found
        return what

    def _kinds(self, description: Json, schema: Json) -> dict[str, Json]:
        kinds = self._found(description, schema).get("oneOf", [schema])
        return {kind.get("$ref", str(kind)).rpartition("/")[2]: kind for kind in kinds}

    def _whole(self, description: Json, schema: Json) -> Json:
        """A schema with what it refers to and what its allOf adds in one place."""
        schema = self._found(description, schema)
        whole = {name: value for name, value in schema.items() if name != "allOf"}
        for part in schema.get("allOf", ()):
            piece = self._whole(description, part)
            for name in ("properties", "required"):
                if name in piece:
                    join = {**whole.get(name, {}), **piece[name]} if name == "properties" else None
                    whole[name] = join if join is not None else [*whole.get(name, ()), *piece[name]]
            whole |= {name: value for name, value in piece.items() if name not in whole}
        return whole


def _parameters(operation: Json) -> dict[str, Json]:
    return {f"{of['in']} parameter {of['name']}": of for of in operation.get("parameters", ())}


def _of_type(where: str, old: Json, new: Json, direction: Direction) -> Iterator[str]:
    narrow, wide = (old, new) if direction is Direction.ASKED else (new, old)
    if not _includes(wide.get("type"), narrow.get("type")):
        yield f"{where}: type {old.get('type', 'anything')} became {new.get('type', 'anything')}"
    if wide.get("format") not in (None, narrow.get("format")):
        yield f"{where}: format {old.get('format', 'any')} became {new.get('format', 'any')}"
    if narrow.get("nullable") and not wide.get("nullable") and wide.get("type"):
        yield f"{where} is not null any more" if direction is Direction.ASKED else f"{where} can be null now"
    if direction is Direction.ASKED and "enum" in new:
        if "enum" not in old:
            yield f"{where} takes only {new['enum']} now"
        elif gone := [value for value in old["enum"] if value not in new["enum"]]:
            yield f"{where} does not take {gone} any more"


def _includes(wide: str | None, narrow: str | None) -> bool:
    return wide is None or wide == narrow or (wide, narrow) == ("number", "integer")


def _of_limits(where: str, old: Json, new: Json) -> Iterator[str]:
    for name, more_is_wider in _LIMITS:
        before, after = old.get(name), new.get(name)
        if after is None:
            continue
        if before is None or (after < before if more_is_wider else after > before):
            yield f"{where}: {name} is {after} now"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{where}: has to look like {new['pattern']} now"
