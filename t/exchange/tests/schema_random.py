# SPDX-License-Identifier: Apache-2.0
"""Random documents that an XML schema allows, and small damages to them."""
import copy
import random

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"
XSD = "http://www.w3.org/2001/XMLSchema"
MAX_DEPTH = 9

VALUES = {
    "string": ["x", "Zürich <&>", " two words ", ""],
    "boolean": ["true", "false", "0", "1"],
    "int": ["0", "7", "-1", "2147483647"],
    "short": ["0", "5", "-3"],
    "long": ["0", "9000000000"],
    "unsignedInt": ["0", "4000000000"],
    "unsignedShort": ["0", "65535"],
    "nonNegativeInteger": ["0", "12"],
    "double": ["0", "1.5", "-2e3"],
    "dateTime": ["2024-05-06T09:00:00Z", "2024-05-06T09:00:00", "2024-05-06T09:00:00.5+02:00"],
    "date": ["2024-05-06", "2024-05-06+02:00", "2024-05-06Z"],
    "time": ["03:00:00", "23:59:59.999"],
    "duration": ["PT0S", "-PT60M", "P1DT2H"],
    "base64Binary": ["", "SGVsbG8=", "AAAA"],
    "language": ["en-US", "de"],
    "anyURI": ["http://example.com/"],
}
WRONG = ["", " ", "x", "-1", "99999999999", "true", "True", "2024-02-30T00:00:00", "2024-5-6",
         "Monday Funday", "Monday Sunday", "PT1", "0xZZ", "0x8205", "AAA", "calendar", "Busy",
         "WorkingElsewhere", "calendar:StartTimeZone", "calendar:Nothing"]


class Schema:
    """The declarations of a set of schema files, by {namespace}name."""

    def __init__(self, paths):
        self.types, self.elements, self.groups, self.members = {}, {}, {}, {}
        for path in paths:
            root = etree.parse(str(path)).getroot()
            ns = root.get("targetNamespace")
            for node in root.iterchildren(tag=etree.Element):
                name = "{%s}%s" % (ns, node.get("name"))
                if node.tag in (XS + "complexType", XS + "simpleType"):
                    self.types[name] = node
                elif node.tag == XS + "element":
                    self.elements[name] = node
                    head = node.get("substitutionGroup")
                    if head:
                        self.members.setdefault(self.resolve(node, head), []).append(name)
                elif node.tag == XS + "group":
                    self.groups[name] = node

    @staticmethod
    def resolve(node, name):
        prefix, _, local = name.rpartition(":")
        return "{%s}%s" % (node.nsmap[prefix or None], local)

    @staticmethod
    def namespace(node):
        return node.getroottree().getroot().get("targetNamespace")


class Writer:
    """Writes one random document after another."""

    def __init__(self, schema, rng):
        self.schema, self.rng = schema, rng

    def document(self, name):
        root = etree.Element(name, nsmap={
            "m": "http://schemas.microsoft.com/exchange/services/2006/messages",
            "t": "http://schemas.microsoft.com/exchange/services/2006/types"})
        self.fill(root, self.schema.elements[name], 0)
        return root

    def fill(self, out, declaration, depth):
        """The attributes and content of an element, from its declaration."""
        if declaration.get("type"):
            self.fill_type(out, self.schema.resolve(declaration, declaration.get("type")), depth)
            return
        for inner in declaration.iterchildren(XS + "complexType"):
            self.fill_complex(out, inner, depth)
        for inner in declaration.iterchildren(XS + "simpleType"):
            out.text = self.simple(inner)

    def fill_type(self, out, name, depth):
        if name.startswith("{%s}" % XSD):
            out.text = self.builtin(name)
            return
        node = self.schema.types[name]
        if node.tag == XS + "simpleType":
            out.text = self.simple(node)
        else:
            self.fill_complex(out, node, depth)

    def fill_complex(self, out, node, depth):
        for kind in ("complexContent", "simpleContent"):
            content = node.find(XS + kind)
            if content is None:
                continue
            derived = [c for c in content if c.tag in (XS + "extension", XS + "restriction")][0]
            base = self.schema.resolve(derived, derived.get("base"))
            if derived.tag == XS + "extension":
                self.fill_type(out, base, depth)
            self.fill_body(out, derived, depth)
            return
        self.fill_body(out, node, depth)

    def fill_body(self, out, node, depth):
        for child in node.iterchildren(tag=etree.Element):
            if child.tag == XS + "attribute" and child.get("name"):
                if child.get("use") == "prohibited":
                    continue
                if child.get("use") == "required" or self.rng.random() < 0.5:
                    out.set(child.get("name"), self.attribute(child))
            elif child.tag in (XS + "sequence", XS + "choice", XS + "group", XS + "element"):
                self.particle(out, child, depth)

    def attribute(self, node):
        if node.get("fixed"):
            return node.get("fixed")
        if node.get("type"):
            return self.value(self.schema.resolve(node, node.get("type")))
        return self.simple(node.find(XS + "simpleType"))

    def times(self, node, depth):
        low = int(node.get("minOccurs", "1"))
        high = node.get("maxOccurs", "1")
        high = low + 2 if high == "unbounded" else int(high)
        if depth > MAX_DEPTH or (low == 0 and self.rng.random() < 0.6):
            return low
        return self.rng.randint(max(low, 1) if high > 0 else low, max(low, high))

    def particle(self, out, node, depth):
        for _ in range(self.times(node, depth)):
            if node.tag == XS + "element":
                self.element(out, node, depth + 1)
            elif node.tag == XS + "sequence":
                for child in node.iterchildren(tag=etree.Element):
                    if child.tag != XS + "annotation":
                        self.particle(out, child, depth)
            elif node.tag == XS + "choice":
                options = [c for c in node.iterchildren(tag=etree.Element)
                           if c.tag != XS + "annotation"]
                if depth > MAX_DEPTH - 2:  # the simplest of them, lest it never ends
                    options = [c for c in options if self.is_flat(c)] or options
                self.particle(out, self.rng.choice(options), depth)
            elif node.tag == XS + "group":
                group = self.schema.groups[self.schema.resolve(node, node.get("ref"))]
                for child in group.iterchildren(XS + "sequence", XS + "choice"):
                    self.particle(out, child, depth)

    def is_flat(self, node):
        name = node.get("ref") or node.get("name") or ""
        return not any(word in name for word in ("And", "Or", "Not", "Near", "SearchExpression"))

    def element(self, out, node, depth):
        if node.get("ref"):
            name = self.schema.resolve(node, node.get("ref"))
            options = self.concrete(name)
            if depth > MAX_DEPTH - 2:
                options = [o for o in options if self.is_flat(self.schema.elements[o])] or options
            name = self.rng.choice(options)
            node = self.schema.elements[name]
        else:
            name = "{%s}%s" % (self.schema.namespace(node), node.get("name"))
        self.fill(etree.SubElement(out, name), node, depth)

    def concrete(self, name):
        node = self.schema.elements[name]
        type_name = self.schema.resolve(node, node.get("type")) if node.get("type") else None
        is_abstract = node.get("abstract") == "true" or (
            type_name in self.schema.types and self.schema.types[type_name].get("abstract") == "true")
        found = [] if is_abstract else [name]
        for member in self.schema.members.get(name, []):
            found += self.concrete(member)
        return found

    def value(self, name):
        if name.startswith("{%s}" % XSD):
            return self.builtin(name)
        return self.simple(self.schema.types[name])

    def builtin(self, name):
        return self.rng.choice(VALUES[name.rpartition("}")[2]])

    def simple(self, node):
        restriction = node.find(XS + "restriction")
        if restriction is not None:
            words = [e.get("value") for e in restriction.iterchildren(XS + "enumeration")]
            if words:
                return self.rng.choice(words)
            if restriction.find(XS + "pattern") is not None:
                return self.by_pattern(restriction.find(XS + "pattern").get("value"))
            low = restriction.find(XS + "minInclusive")
            if low is not None:
                return str(self.rng.randint(
                    int(low.get("value")), int(restriction.find(XS + "maxInclusive").get("value"))))
            if restriction.get("base"):
                value = self.value(self.schema.resolve(restriction, restriction.get("base")))
                return value or "x"
            return self.simple(restriction.find(XS + "simpleType"))
        for inner in node.iter(XS + "list"):
            item = inner.get("itemType")
            pick = ((lambda: self.value(self.schema.resolve(inner, item))) if item else
                    (lambda: self.simple(inner.find(XS + "simpleType"))))
            return " ".join(pick() for _ in range(self.rng.randint(1, 3)))
        union = node.find(XS + "union")
        if union.get("memberTypes") and self.rng.random() < 0.5:
            return self.value(self.schema.resolve(union, union.get("memberTypes").split()[0]))
        return self.simple(self.rng.choice(union.findall(XS + "simpleType")))

    def by_pattern(self, pattern):
        if "{8}" in pattern:
            return "00062002-0000-0000-C000-000000000046"
        return self.rng.choice(["0x8205", "0X3008"] if "0x|0X" in pattern else ["1"])


def damage(root, rng):
    """A copy of a document with one thing changed. It may happen to be valid still."""
    root = copy.deepcopy(root)
    elements = [e for e in root.iter(etree.Element)]
    target = rng.choice(elements)
    parent = target.getparent()
    what = rng.choice(["drop", "twice", "swap", "rename", "attribute", "no attribute",
                       "attribute value", "text", "child", "namespace"])
    if what == "drop" and parent is not None:
        parent.remove(target)
    elif what == "twice" and parent is not None:
        parent.insert(parent.index(target), copy.deepcopy(target))
    elif what == "swap" and parent is not None and len(parent) > 1:
        children = list(parent)
        rng.shuffle(children)
        parent[:] = children
    elif what == "rename" and parent is not None:
        target.tag = "{%s}%s" % (etree.QName(target).namespace,
                                 etree.QName(rng.choice(elements)).localname)
    elif what == "attribute":
        target.set(rng.choice(["Id", "ChangeKey", "Key", "FieldURI", "Traversal"]), "x")
    elif what == "no attribute" and target.attrib:
        del target.attrib[rng.choice(list(target.attrib))]
    elif what == "attribute value" and target.attrib:
        target.set(rng.choice(list(target.attrib)), rng.choice(WRONG))
    elif what == "text":
        target.text = rng.choice(WRONG)
    elif what == "child":
        target.append(copy.deepcopy(rng.choice(elements)) if rng.random() < 0.5 else
                      etree.Element(rng.choice(elements).tag))
    elif what == "namespace" and parent is not None:
        name = etree.QName(target)
        target.tag = "{%s}%s" % (
            name.namespace[:-len("types")] + "messages" if name.namespace.endswith("types")
            else name.namespace[:-len("messages")] + "types", name.localname)
    return root
