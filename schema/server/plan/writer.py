"""Writes the Python of a plan: one function per selection set, from all objects of a level to their rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphql import is_list_type, is_non_null_type

from schema.server.plan.leaves import names_of, test_of
from schema.server.plan.selections import Selected, Selection, Selections

_INDENT = "    "


class Writer:
    """The text of a plan, and the constants it refers to by name."""

    def __init__(self, selections: Selections) -> None:
        self._selections = selections
        self.constants: dict[str, Any] = {}

    def text(self) -> str:
        """The functions, those of inner selections first."""
        functions = ["\n".join(self._function(each)) for each in self._selections.all]
        return "\n\n\n".join(functions) + "\n"

    def function_name(self, selection: Selection) -> str:
        """What the function of a selection is called."""
        return f"rows_{selection.type.name}_{selection.number}"

    def _function(self, selection: Selection) -> Iterator[str]:
        yield f"{'async ' if selection.waits else ''}def {self.function_name(selection)}(run, objects):"
        for line in self._body(selection):
            yield _INDENT + line if line else line

    def _body(self, selection: Selection) -> Iterator[str]:
        yield "if not objects:"
        yield _INDENT + "return []"
        yield "run.objects += len(objects)"
        columns = [each for each in selection.fields.values() if each is not None and not each.is_plain]
        for field in columns:
            verb = "call" if field.attribute is None else "read"
            yield f"{_column(field)} = run.{verb}({self._field(field)}, objects)"
        # What is below one field does not wait for another.
        together = [field for field in columns if field.waits or field.waits_below]
        for field in columns:
            if len(together) > 1 and field in together:
                yield from self._inner_function(field)
            else:
                yield from self._completed(field)
        if len(together) > 1:
            yield f"{', '.join(map(_column, together))} = await together("
            for field in together:
                yield f"{_INDENT}complete_{_column(field)}({_column(field)}),"
            yield ")"
        yield from self._rows(selection, columns)

    def _inner_function(self, field: Selected) -> Iterator[str]:
        yield ""
        yield f"async def complete_{_column(field)}({_column(field)}):"
        for line in self._completed(field):
            yield _INDENT + line
        yield f"{_INDENT}return {_column(field)}"
        yield ""

    def _completed(self, field: Selected) -> Iterator[str]:
        """The lines that turn a column of values into one of what is written."""
        if field.waits:
            yield f"await run.settle({self._field(field)}, {_column(field)})"
        yield from self._of_type(field, field.definition.type, 0)

    def _of_type(self, field: Selected, type_: Any, depth: int) -> Iterator[str]:
        column = _column(field)
        is_non_null = is_non_null_type(type_)
        inner = type_.of_type if is_non_null else type_
        if is_list_type(inner):
            lengths = f"lengths_{field.number}_{depth}"
            yield f"{column}, {lengths} = run.flat({self._field(field)}, {column}, {is_non_null=})"
            yield from self._of_type(field, inner.of_type, depth + 1)
            yield f"{column} = whole({lengths}, {column})"
        elif field.leaf is not None:
            yield f"{column} = [{self._leaf(field, 'value', 'value')} for value in {column}]"
            if is_non_null:
                yield f"{column} = run.filled({self._field(field)}, {column})"
        elif len(field.selections) == 1 and inner is field.named_type and not _is_abstract(field):
            yield from self._objects(field, is_non_null=is_non_null)
        else:
            yield from self._objects_by_type(field, is_non_null=is_non_null)

    def _objects(self, field: Selected, *, is_non_null: bool) -> Iterator[str]:
        column = _column(field)
        (selection,) = field.selections.values()
        names = f"{self._field(field)}, {self._selection(selection)}, {column}"
        yield f"{column}, holes = run.live({names}, {is_non_null=})"
        yield f"{column} = merged(holes, {self._called(selection, column)})"

    def _objects_by_type(self, field: Selected, *, is_non_null: bool) -> Iterator[str]:
        column = _column(field)
        yield f"by_type = run.by_type({self._field(field)}, {column}, {is_non_null=})"
        waiting = [each for each in field.selections.values() if each.waits]
        if waiting:
            places = {each: index for index, each in enumerate(field.selections.values())}
            yield "waited = await together("
            for each in waiting:
                yield f"{_INDENT}{self.function_name(each)}(run, by_type[{places[each]}][0]),"
            yield ")"
        for index, each in enumerate(field.selections.values()):
            rows = f"waited[{waiting.index(each)}]" if each.waits else self._called(each, f"by_type[{index}][0]")
            yield f"{column} = merged(by_type[{index}][1], {rows})"

    def _called(self, selection: Selection, objects: str) -> str:
        return f"{'await ' if selection.waits else ''}{self.function_name(selection)}(run, {objects})"

    def _rows(self, selection: Selection, columns: list[Selected]) -> Iterator[str]:
        names = [_column(field) for field in columns]
        plain = any(each is not None and each.is_plain for each in selection.fields.values())
        entries = [self._entry(selection, key, field) for key, field in selection.fields.items()]
        loop = _loop(names, reads_objects=plain)
        rows = [
            "[",
            f"{_INDENT}{{",
            *(f"{_INDENT * 2}{entry}," for entry in entries),
            f"{_INDENT}}}",
            f"{_INDENT}{loop}",
            "]",
        ]
        if not plain:
            yield "return " + rows[0]
            yield from rows[1:]
            return
        yield "try:"
        yield f"{_INDENT}return {rows[0]}"
        for line in rows[1:]:
            yield _INDENT + line
        yield "except Exception:"
        yield f"{_INDENT}return run.rows({self._selection(selection)}, objects, [{', '.join(names)}])"

    def _entry(self, selection: Selection, key: str, field: Selected | None) -> str:
        if field is None:
            return f"{key!r}: {selection.type.name!r}"
        if not field.is_plain:
            return f"{key!r}: {_column(field)}"
        return f"{key!r}: {self._leaf(field, 'value', f'(value := each.{field.path})')}"

    def _leaf(self, field: Selected, name: str, first: str) -> str:
        """The expression for a leaf's value: `first` where it is read for the first time, `name` after that."""
        assert field.leaf is not None
        rest = f"run.leaf({self._field(field)}, {{}})"
        test, written = test_of(field.leaf), name
        enum = names_of(field.leaf)
        if enum is not None:
            known, kind = f"names_{field.leaf.name}", f"type_{field.leaf.name}"
            self.constants[kind], self.constants[known] = enum
            test, written = f"type({{0}}) is {kind}", f"{known}[{name}._name_]"
        if test is None:
            return rest.format(first)
        test = test.replace("{0}", first, 1).replace("{0}", name)
        null = "" if field.shape.item is not None or field.shape.is_non_null else f"None if {name} is None else "
        return f"{written} if {test} else {null}{rest.format(name)}"

    def _field(self, field: Selected) -> str:
        name = f"field_{field.number}"
        self.constants[name] = field
        return name

    def _selection(self, selection: Selection) -> str:
        name = f"selection_{selection.number}"
        self.constants[name] = selection
        return name


def _column(field: Selected) -> str:
    # No name that GraphQL allows can be taken for another of the plan, whatever it is.
    return f"c{field.number}_{field.name}"


def _is_abstract(field: Selected) -> bool:
    return field.named_type.name not in field.selections


def _loop(columns: list[str], *, reads_objects: bool) -> str:
    names = ["each", *columns] if reads_objects else columns
    values = ["objects", *columns] if reads_objects else columns
    if not names:
        return "for _ in objects"
    if len(names) == 1:
        return f"for {names[0]} in {values[0]}"
    return f"for {', '.join(names)} in zip({', '.join(values)})"
