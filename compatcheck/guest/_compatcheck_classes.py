"""What the instances of a class have, told from the class alone.

Nothing of a stranger's is called: a property, a `__getattr__` or a validator may do
anything. Loaded by its path, by the probe that asks for it.
"""

import dis
import importlib
import os
import sys
import types

_TABLES = (
    *("__pydantic_fields__", "model_fields", "__fields__", "__private_attributes__"),
    *("__dataclass_fields__", "_member_map_"),
)
"""Tables of what instances have, by name, as the libraries that make them keep them."""
_SETTERS = frozenset({"setattr", "__setattr__", "__dict__", "vars"})
"""What sets attributes whose names the code does not spell."""
_READERS = frozenset(
    {"__copy__", "__deepcopy__", "__dir__", "__eq__", "__getstate__", "__hash__"}
    | {"__iter__", "__reduce__", "__reduce_ex__", "__repr__", "__str__"}
)
"""Methods that only look at what is set."""
_KNOWN_MAKERS = frozenset({"builtins", "enum", "typing", "abc"})
"""Modules whose classes make up no attributes beyond those that are looked for."""


def is_class(found):
    """Whether it is a class; `isinstance` is deceived by `list[int]`."""
    return issubclass(type(found), type)


def find(owner, name):
    """The class that has it, and what it has, before any descriptor acts."""
    for base in owner.__mro__:
        if name in vars(base):
            return base, vars(base)[name]
    return None, None


def declares(owner, name):
    """Whether instances have it: a field, an annotation, or set by a method."""
    if any(name in _table(owner, table) for table in _TABLES):
        return True
    fields = find(owner, "__attrs_attrs__")[1] or ()
    if any(getattr(field, "name", None) == name for field in fields):
        return True
    bases = [base for base in owner.__mro__ if base is not object]
    return any(name in _annotations(base) or sets(base, name) for base in bases)


def unsure(owner, name, instance):
    """Why an attribute that is nowhere to be seen may be there all the same."""
    bases = owner.__mro__ if instance else type(owner).__mro__
    if vars(owner).get("_is_protocol") or "__total__" in vars(owner):
        return "{} says only what others look like".format(owner.__name__)
    for base in bases:
        if _is_own(base) and {"__getattr__", "__getattribute__"} & set(vars(base)):
            return "{} makes up attributes".format(base.__name__)
    if is_pydantic(owner) and undeclared(owner) == "allow":
        return "{} takes fields that it does not declare".format(owner.__name__)
    return (instance and _made_otherwise(owner)) or _is_an_heirs(owner, name)


def differs(owner, name):
    """Whether an instance may have something else by that name than its class."""
    return sets_any(owner, name) or any(name in vars(sub) for sub in _subclasses(owner))


def sets_any(owner, name):
    """Whether a method of it, or of what it comes from, sets an attribute."""
    return any(sets(base, name) for base in owner.__mro__)


def sets(base, name):
    """Whether a method of that very class sets an attribute of that name."""
    return any(
        step.opname == "STORE_ATTR" and step.argval == name
        for _, code in _codes(base)
        if name in code.co_names
        for step in dis.get_instructions(code)
    )


# --- pydantic ------------------------------------------------------------------------


def is_pydantic(owner):
    """Whether it comes from pydantic's `BaseModel`, of release 1 or 2."""
    return any(_is_base_model(base) for base in owner.__mro__)


def _is_base_model(base):
    return base.__name__ == "BaseModel" and _top(base) == "pydantic"


def fields_of(model):
    """The fields of a model, if its own `__init__` is pydantic's; else None."""
    filler, _ = find(model, "__init__")
    if not _is_base_model(filler):
        return None
    names = ("__pydantic_fields__", "model_fields", "__fields__")
    return next(filter(None, (_table(model, name) for name in names)), {})


def is_required(field):
    """Whether a field has no default."""
    if hasattr(field, "is_required"):
        return bool(field.is_required())
    return getattr(field, "required", False) is True


def renames(model):
    """Whether what is given may reach a field by another way than its own name."""
    for name, field in fields_of(model).items():
        for alias in ("alias", "validation_alias"):
            if getattr(field, alias, None) not in (None, name):
                return True
    decorators = getattr(model, "__pydantic_decorators__", None)
    validators = getattr(decorators, "model_validators", {}).values()
    early = any(getattr(it.info, "mode", "") != "after" for it in validators)
    config = getattr(model, "model_config", None)
    generated = isinstance(config, dict) and config.get("alias_generator") is not None
    schema, _ = find(model, "__get_pydantic_core_schema__")
    built = schema is not None and not _is_base_model(schema)
    return early or generated or built or bool(_before(model))


def _before(model):
    return getattr(model, "__pre_root_validators__", ())  # pydantic 1


def undeclared(model):
    """What becomes of a field that a model does not declare; None is the default."""
    config = getattr(model, "model_config", None)
    if isinstance(config, dict):
        return config.get("extra")
    said = getattr(getattr(model, "__config__", None), "extra", None)
    return getattr(said, "value", said)


# --- where else an attribute may come from -------------------------------------------


def _made_otherwise(owner):
    """Why its instances may be others than its code shows."""
    maker, _ = find(owner, "__new__")
    if _is_own(maker) and "_fields" not in vars(maker):
        return "{} makes its instances itself".format(maker.__name__)
    if _is_own(find(type(owner), "__call__")[0]):
        return "{} is made by its metaclass".format(owner.__name__)
    for base in filter(_is_own, owner.__mro__):
        file = getattr(sys.modules.get(base.__module__), "__file__", None) or ""
        if not file.endswith(".py"):
            return "{} is compiled".format(base.__name__)
        for method, code in _codes(base):
            plain = method in _READERS or _is_generated(code)
            if not plain and _SETTERS & set(code.co_names):
                return "{} sets attributes by names of its own".format(base.__name__)
        if _is_filled(base):
            return "{} is filled by names that are not plain".format(base.__name__)
    return None


def _is_filled(base):
    """Whether a function beside a class may set what it likes on its instances."""
    top, beside = _top(base), vars(sys.modules[base.__module__])
    called = {name for _, code in _codes(base) for name in code.co_names}
    within = [beside]
    for name in called & set(beside):
        module = beside[name]
        # `isinstance` would ask a stranger's `__class__`.
        if type(module) is types.ModuleType and module.__name__.startswith(top):
            within.append(vars(module))
    helpers = [scope[name] for scope in within for name in called & set(scope)]
    makers = [it for it in list(beside.values()) if _mentions(it, {base.__name__})]
    return any(_mentions(it, _SETTERS) and _top(it) == top for it in helpers + makers)


def _mentions(found, names):
    """Whether it is a function, or a method's, whose code has one of these names."""
    if type(found) is not types.FunctionType:
        return False
    return any(names & set(code.co_names) for code in _code_of(found, 3))


def _is_generated(code):
    """Whether a library put a method there, which sets none but declared fields."""
    file = code.co_filename
    return file.startswith("<") or "{0}pydantic{0}".format(os.sep) in file


def _is_an_heirs(owner, name):
    """Why an instance may be of a class that has more."""
    for sub in _subclasses(owner):
        if name in vars(sub) or declares(sub, name):
            return "{} has it, which is a {}".format(sub.__name__, owner.__name__)
        if {"__getattr__", "__getattribute__"} & set(vars(sub)):
            return "{} makes up attributes".format(sub.__name__)
    return None


def _subclasses(owner):
    """Every class that is loaded and comes from it, each once."""
    seen, waiting = {owner}, [owner]
    while waiting:
        for sub in type.__subclasses__(waiting.pop()):
            if sub not in seen:
                seen.add(sub)
                waiting.append(sub)
                yield sub


def _is_own(base):
    """Whether a class is none of those that are known to behave."""
    return _top(base) not in _KNOWN_MAKERS and not (
        _top(base) == "pydantic" and base.__name__ in ("BaseModel", "ModelMetaclass")
    )


def _top(owner):
    return str(owner.__module__).partition(".")[0]


def _table(owner, name):
    found = find(owner, name)[1]
    return found if isinstance(found, (dict, types.MappingProxyType)) else {}


def _annotations(base):
    try:
        library = importlib.import_module("annotationlib")
    except ImportError:  # before 3.14 they are made with the class
        found = vars(base).get("__annotations__", {})
        return found if isinstance(found, dict) else {}
    # As text, because what only a type checker imports has no value (PEP 749).
    return library.get_annotations(base, format=library.Format.STRING)


def _codes(base):
    """The code of each method, with the method's name, and of what it wraps."""
    for name, held in list(vars(base).items()):
        for code in _code_of(held, 3):
            yield name, code


def _code_of(held, deep):
    if deep == 0 or is_class(held):
        return
    if isinstance(held, types.FunctionType):
        yield from _nested(held.__code__)
        for cell in held.__closure__ or ():
            try:
                inner = cell.cell_contents
            except ValueError:  # still empty
                continue
            if isinstance(inner, types.FunctionType):
                yield from _code_of(inner, deep - 1)
    elif isinstance(held, (staticmethod, classmethod)):
        yield from _code_of(held.__func__, deep - 1)
    elif isinstance(held, property):
        for part in (held.fget, held.fset, held.fdel):
            yield from _code_of(part, deep - 1)
    elif type(held).__name__ == "cached_property":
        yield from _code_of(vars(held).get("func"), deep - 1)


def _nested(code):
    yield code
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _nested(const)
