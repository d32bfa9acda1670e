"""Items become layers: patterns unrolled, blocks called, paths laid side by side, every name and wire made explicit.

An item of `layers:` is one of

    conv3-64 relu                       a pattern of short forms and block calls
    conv1: conv3-64                     a name, and one short form or block call
    conv: {out_channels: 64, …}         a layer in the long form; a block is called the same way
    add: [PATH, PATH]                   paths side by side, then a layer that reads them all; a PATH is items again

and a mapping may also say `name`, `from` (whom it reads), `repeat`, `share` (whose weights it uses), `train_only`.
"""

from __future__ import annotations

from pydantic import ValidationError

from cnncalc.errors import NotationError, SpecError, TooLarge, UnknownLayer, Where, WiringError
from cnncalc.layers import Layer
from cnncalc.settings import describe
from cnncalc.sizes import Size
from cnncalc.spec.blocks import INDEX, Block, read_layer, unknown
from cnncalc.spec.drafts import Drafts
from cnncalc.spec.formula import together
from cnncalc.spec.item import MODIFIERS, Use, given_names, read_arguments, read_card, read_use, require_name
from cnncalc.spec.model import INPUT, Entry
from cnncalc.spec.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.spec.notation import WORDS, is_short
from cnncalc.spec.pattern import Piece, read_call
from cnncalc.spec.problems import Problems
from cnncalc.spec.scope import Ref, Scope
from cnncalc.spec.trail import Trail
from cnncalc.volume import nearest, shorten

DEEPEST = 64
"""Blocks and paths inside each other go no deeper."""

IDENTITY = "identity"
"""A path of nothing but this goes straight through: no row, no cost."""


class Expander:
    """Unrolls one text's layers."""

    def __init__(self, blocks: dict[str, Block], problems: Problems) -> None:
        self.blocks = blocks
        self.problems = problems
        self.drafts = Drafts(problems)
        self.trail = Trail(problems)
        self.depth = 0
        self.broken: set[str] = set()

    def entries(self, body: Node, names: dict[str, Size]) -> tuple[Entry, ...]:
        """Return every layer of a body, wired to the input. What is wrong is noted."""
        try:
            self._body(body, Scope("", names, None, (INPUT,)))
        except TooLarge as error:
            self.problems.note(error, self.problems.where(body))
        return tuple(self.drafts.entries())

    def _body(self, body: Node, scope: Scope) -> None:
        items: list[Node] = list(body.items) if isinstance(body, Sequence) else [body]
        scope.reserve(given_names(items))
        for item in items:
            self.trail.step(item)
            try:
                self._item(item, scope)
            except TooLarge as error:
                raise error.at(self.trail.where(item)) from None
            except SpecError as error:
                self.problems.note(error, self.trail.where(item))

    def _item(self, node: Node, scope: Scope) -> None:
        if isinstance(node, Mapping):
            self._mapping(node, scope)
        elif isinstance(node, Scalar) and isinstance(node.value, str):
            self._pattern(node, scope)
        else:
            shown = "a list inside the list" if isinstance(node, Sequence) else describe(node.value)
            message = f"a layer is a short form or a mapping, not {shown}"
            ways_out = ('quote a pattern: "[conv3-64 relu]*2"', "conv: {out_channels: 64, kernel_size: 3}")
            raise NotationError(message, ways_out=ways_out)

    # -- patterns --

    def _pattern(self, node: Scalar, scope: Scope) -> None:
        pieces, failed = self.trail.pieces(node, scope.names), set[str]()
        once = list({(piece.short, piece.name): (piece, where) for piece, where in reversed(pieces)}.values())[::-1]
        if len(once) < len(pieces):
            failed = self._unreadable(once, scope)
        for piece, where in once if self.problems.noted else pieces:  # what has a slip is not built: once is enough
            if piece.short in failed:
                continue  # said once
            try:
                self._piece(piece, scope, where, Use(round=piece.round, repeated=piece.repeated))
            except TooLarge as error:
                raise error.at(where) from None
            except SpecError as error:
                self.problems.note(error, where)
                failed.add(piece.short)

    def _unreadable(self, pieces: list[tuple[Piece, Where]], scope: Scope) -> set[str]:
        """Note the short forms that have a slip before any is unrolled, and return them."""
        failed = set()
        for piece, where in pieces:
            try:
                if piece.short not in failed and read_call(piece.short, self.blocks) is None:
                    read_layer(piece.short, Use(round=piece.round, repeated=piece.repeated).names(scope), self.blocks)
            except SpecError as error:
                self.problems.note(error, where)
                failed.add(piece.short)
        return failed

    def _named_short(self, name: str, node: Scalar, scope: Scope, use: Use) -> None:
        """Read ``conv1: conv3-64``: a name, and one layer or call."""
        pieces = self.trail.pieces(node, use.names(scope))
        if len(pieces) != 1:
            message = f"{shorten(name)!r} names one layer, here are {len(pieces)}"
            raise NotationError(message, ways_out=(f"{name}: conv3-64", "write the pattern without a name"))
        ((piece, where),) = pieces
        try:
            self._piece(piece, scope, where, use._replace(name=name))
        except UnknownLayer as error:
            glued = f"{name}{piece.short}"
            raise (UnknownLayer(error.message, ways_out=(glued,)) if is_short(glued) else error).at(where) from None
        except SpecError as error:
            raise error.at(where) from None

    def _piece(self, piece: Piece, scope: Scope, where: Where, use: Use) -> None:
        use = use.called(piece.name)
        names = use.names(scope)
        call = read_call(piece.short, self.blocks)
        if call is None:
            self.drafts.add(read_layer(piece.short, names, self.blocks), scope, where, use)
            return
        block = self.blocks[call[0]]
        self._call(block, block.called(call[1], names), scope, where, use)

    # -- mappings --

    def _mapping(self, node: Mapping, scope: Scope) -> None:
        pairs = {key: pair for key, pair in node.pairs.items() if key not in MODIFIERS}
        if len(pairs) != 1:
            keys = ", ".join(shorten(key, 20) for key in list(pairs)[:6]) or "none"
            message = f"a layer has one key that says what it is, beside {', '.join(MODIFIERS)}; here: {keys}"
            meant = tuple(f"did you mean {near}?" for key in pairs for near in nearest(key, MODIFIERS, 0.7)[:1])
            ways_out = meant or ("conv: {out_channels: 64, kernel_size: 3}", "conv1: conv3-64")
            raise NotationError(message, ways_out=ways_out)
        ((kind, (key, value)),) = pairs.items()
        before, whole = scope.flow, read_use(node, scope, self.problems)
        for use in whole.times():
            self.trail.step(node)
            if isinstance(value, Scalar) and isinstance(value.value, str):
                self._named_short(require_name(kind) or kind, value, scope, use)
            elif kind in self.blocks:
                values = read_arguments(self.blocks[kind], value, use.names(scope))
                self._call(self.blocks[kind], values, scope, self.trail.where(key), use)
            else:
                self._long(key, value, scope, use)
        if whole.train_only:
            scope.flow = before  # a head hangs beside the network: the next layer does not read it

    def _long(self, key: Scalar, value: Node, scope: Scope, use: Use) -> None:
        """Read a layer's long form, ``conv: {…}``, or paths that it joins, ``add: [PATH, PATH]``."""
        where = self.trail.where(key)
        card = WORDS.get(key.text.lower())
        if card is None:
            raise unknown(key.text, self.blocks).at(where)
        if isinstance(value, Sequence):
            self._paths(card, value, scope, where, use)
            return
        try:
            self.drafts.add(read_card(card, value, use.names(scope)), scope, where, use)
        except ValidationError as error:
            fields = Mapping(key.line, key.column, value.pairs if isinstance(value, Mapping) else {})
            self.problems.note_fields(error, fields, (card.model(),), where._replace(layer=use.name or card.type))

    # -- layers, calls and paths --

    def _call(self, block: Block, values: dict[str, Size], scope: Scope, where: Where, use: Use) -> None:
        names = [name for name, _ in self.trail.calls]
        if block.name in names:
            chain = " → ".join([*names[names.index(block.name) :], block.name])
            raise WiringError(f"the block {block.name} calls itself: {chain}", ways_out=("repeat: 3, or two blocks",))
        if use.share:
            message = "a layer shares another's weights, a block does not"
            raise NotationError(message, ways_out=("share inside the block",))
        self.trail.step(block.node)
        local = scope.claim(use.name, block.name, where, repeated=use.repeated)
        if block.name in self.broken:  # what is wrong with it has been said
            scope.layers[local] = INPUT
            return
        inner = Scope(f"{scope.path}{local}/", together(scope.root.names, values), scope, use.flow or scope.flow)
        inner.names.pop(INDEX, None)
        noted = self.problems.noted
        self.trail.calls.append((block.name, where.line))
        self._within(use, block.body, inner)
        self.trail.calls.pop()
        if self.problems.noted > noted:
            self.broken.add(block.name)
        scope.flow = inner.flow
        if isinstance(inner.flow[0], str):
            scope.layers[local] = inner.flow[0]

    def _paths(self, card: type[Layer], paths: Sequence, scope: Scope, where: Where, use: Use) -> None:
        if not card.reads_many:
            message = f"{card.type} joins no paths"
            raise NotationError(message, ways_out=("concat: [PATH, PATH]", "add: [PATH, identity]"))
        start, names, repeated = use.flow or scope.flow, scope.names, scope.repeated
        scope.names, scope.repeated = use.names(scope) if use.repeated else names, repeated or use.repeated
        ends: list[str | Ref] = []
        for path in paths.items:
            scope.flow = start
            self.trail.step(path)
            if not (isinstance(path, Scalar) and path.text == IDENTITY):
                self._within(use, path, scope)
            ends += scope.flow
        scope.names, scope.repeated = names, repeated
        self.drafts.add(card(), scope, where, use._replace(flow=tuple(ends)))

    def _within(self, use: Use, body: Node, scope: Scope) -> None:
        """Unroll a body; all of it is for training only if its use is."""
        if self.depth >= DEEPEST:
            raise TooLarge(f"blocks and paths stand in each other more than {DEEPEST} deep", ways_out=("fewer blocks",))
        before = self.drafts.train_only
        self.drafts.train_only = before or use.train_only
        self.depth += 1
        self._body(body, scope)
        self.depth -= 1
        self.drafts.train_only = before
