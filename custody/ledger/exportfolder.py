"""The folder of an export: files by their names in spec chapter 25, read within bounds and written whole (EXPORT-10, EXPORT-11)."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from custody.core.note import MAX_BYTES
from custody.durable import sync_folder, write_whole
from custody.ledger import exportpaths as paths
from custody.ledger.tiles import WIDTH
from custody.reading import opened

MOST = WIDTH * (MAX_BYTES + 2)  # bytes: a full bundle of the largest entries


class ExportFolder:
    """Reads and writes files under one folder; `written` and `bytes` count what was put.

    Every file is whole or absent under its name. That the names last too, `settle` sees to; before that nothing may rest on them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written = 0
        self.bytes = 0
        self._touched: set[Path] = set()

    def path(self, name: str) -> Path:
        """Where a file lies on this system."""
        return self.root.joinpath(*name.split("/"))

    def has(self, name: str) -> bool:
        """Whether a file of that name is there; a folder is none."""
        return self.path(name).is_file()

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, of one that is larger than any can be no more than tell it; None where none is there.

        Raises `OSError`, and `Malformed("file.special")` for what is no file.
        """
        try:
            with opened(self.path(name)) as file:
                return file.read(MOST + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole, in place of what is there. Raises `OSError`."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
        self._touched.add(path.parent)
        self.written += 1
        self.bytes += len(data)

    def put_changed(self, name: str, data: bytes) -> None:
        """As `put`, unless exactly this is there."""
        if self.read(name) != data:
            self.put(name, data)

    def settle(self) -> None:
        """Make the names of what was put last through a power cut. Raises `OSError`."""
        folders = {self.root}
        for folder in self._touched:
            folders.update(one for one in (folder, *folder.parents) if one.is_relative_to(self.root))
        for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
            sync_folder(folder)
        self._touched.clear()

    def remove(self, name: str) -> None:
        """Take a file away, where it is. Raises `OSError`."""
        self.path(name).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """Names of the files directly in a folder, sorted; none where there is no folder."""
        with suppress(FileNotFoundError, NotADirectoryError):
            return sorted(one.name for one in self.path(folder).iterdir() if one.is_file())
        return []

    def heads(self) -> list[int]:
        """The sizes of the checkpoints in `cosigned/`, ascending; other names say nothing."""
        top = self.path(paths.COSIGNED)
        found = (paths.of_number(path.relative_to(top).as_posix()) for path in top.rglob("*") if path.is_file())
        return sorted(size for size in found if size is not None)

    def link(self) -> Path | None:
        """The first symbolic link below the folder, in the order of the paths; None where there is none."""
        return min(
            (one for one in self.root.rglob("*") if one.is_symlink()), key=lambda one: one.relative_to(self.root).as_posix(), default=None
        )

    def outgrown(self) -> Iterator[Path]:
        """The folders of partial tiles whose full tile is there."""
        for folder in self.path(paths.TILES).rglob(f"*{paths.PARTIAL}"):
            if folder.is_dir() and folder.with_name(folder.name.removesuffix(paths.PARTIAL)).is_file():
                yield folder

    def clear(self, folder: Path) -> None:
        """Take a folder of partial tiles away, with the files in it. Raises `OSError`."""
        for one in folder.iterdir():
            one.unlink()
        folder.rmdir()
