"""Checks the includes against floors.toml, which says which folder may include which.

Refuses an include from one room into a room it may not know, an include that runs up a floor or
across it, a ring between folders at any depth, and a folder that stands on no floor.
"""

import collections
import pathlib
import re
import sys
import tomllib

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
SOURCES = {".h", ".cpp", ".hpp"}


def includes(root: pathlib.Path, rooms):
    """Pairs (file, included file), both relative to the root."""
    for room in rooms:
        files = [p for p in sorted((root / room).rglob("*")) if p.suffix in SOURCES]
        assert files, f"no sources in {room}"
        for path in files:
            for target in INCLUDE.findall(path.read_text()):
                if target.split("/")[0] in rooms:
                    yield path.relative_to(root).as_posix(), target


def folder(file: str) -> str:
    """The folder of a file inside its room; "." for the room itself."""
    inside = file.split("/")[1:-1]
    return "/".join(inside) or "."


class House:
    def __init__(self, plan):
        self.plan = plan
        self.place = {
            (room, name): floor
            for room, facts in plan.items()
            for floor, names in enumerate(facts["floors"])
            for name in names
        }

    def stands(self, file: str):
        """(named folder, floor) of the nearest folder that floors.toml names; None if there is none."""
        room, name = file.split("/")[0], folder(file)
        while name and (room, name) not in self.place:
            name = name.rpartition("/")[0]
        return (name, self.place[room, name]) if name else None

    def complaint(self, file: str, target: str):
        """What is wrong with an include; None if it is allowed."""
        room, other = file.split("/")[0], target.split("/")[0]
        if room != other:
            known = self.plan[room]["may_know"]
            if other in known or target in known:
                return None
            return f"{file} includes {target}: {room} may know {known} only"
        here, there = self.stands(file), self.stands(target)
        for name, stand in ((file, here), (target, there)):
            if stand is None:
                return f"{name}: its folder stands on no floor of {room} in tests/architecture/floors.toml"
        if here[0] == there[0] or there[1] < here[1]:
            return None
        way = "up to" if there[1] > here[1] else "across to"
        return (f"{file} includes {target}: from floor {here[1]} ({here[0]}) {way} "
                f"floor {there[1]} ({there[0]})")


def rings(pairs):
    """Groups of folders that include each other in a loop (Tarjan's strongly connected components)."""
    arrows = collections.defaultdict(set)
    for file, target in pairs:
        a, b = (f"{path.split('/')[0]}/{folder(path)}" for path in (file, target))
        if a != b:
            arrows[a].add(b)
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in arrows[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            ring = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(ring) > 1:
                found.append(sorted(ring))

    for node in list(arrows):
        if node not in index:
            visit(node)
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    plan = tomllib.loads((pathlib.Path(__file__).parent / "floors.toml").read_text())
    house = House(plan)
    pairs = list(includes(root, plan))
    found = [text for text in (house.complaint(*pair) for pair in pairs) if text]
    found += [f"ring of folders: {', '.join(ring)}" for ring in rings(pairs)]
    print("\n".join(found) or f"{len(pairs)} includes follow the plan")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
