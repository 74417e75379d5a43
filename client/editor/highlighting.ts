/**
 * Colours the text in view by its syntax tree. CodeMirror's own plugin (`syntaxHighlighting`) does the same, but walks over every statement
 * before the screen at each key: in the middle of 3 MB that is the largest part of a key. This one goes straight to the screen.
 */
import { syntaxTree, type HighlightStyle } from '@codemirror/language';
import { Prec, RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from '@codemirror/view';
import { highlightTree, type Highlighter } from '@lezer/highlight';

type Tree = ReturnType<typeof syntaxTree>;
type PutStyle = (from: number, to: number, classes: string) => void;

/** `highlightTree`, in time that does not grow with what stands before `from`. */
export function highlightFrom(
  tree: Tree,
  highlighter: Highlighter,
  putStyle: PutStyle,
  from: number,
  to: number,
): void {
  // It looks at the children of a node from the first on, and skips those that end before the range. The cursor does that in one step.
  const cursor = tree.cursor();
  cursor.firstChild = () => cursor.childAfter(from);
  // A tree is read by nothing but its cursor.
  const near = { cursor: () => cursor, length: tree.length } as unknown as Tree;
  highlightTree(near, highlighter, putStyle, from, to);
}

class Colours {
  decorations: DecorationSet;
  readonly #marks = new Map<string, Decoration>();
  readonly #style: HighlightStyle;
  #tree: Tree;
  /** The end of what was coloured. */
  #colouredTo: number;

  constructor(view: EditorView, style: HighlightStyle) {
    this.#style = style;
    this.#tree = syntaxTree(view.state);
    this.#colouredTo = view.viewport.to;
    this.decorations = this.#colour(view);
  }

  update({ view, state, changes, viewportChanged }: ViewUpdate): void {
    const tree = syntaxTree(state);
    const { to } = view.viewport;
    const movedTo = changes.mapPos(this.#colouredTo, 1);
    // The parser has not come as far again: the old colours move with the text meanwhile.
    if (tree.length < to && tree.type === this.#tree.type && movedTo >= to) {
      this.decorations = this.decorations.map(changes);
      this.#colouredTo = movedTo;
    } else if (tree !== this.#tree || viewportChanged) {
      this.#tree = tree;
      this.#colouredTo = to;
      this.decorations = this.#colour(view);
    }
  }

  #colour({ visibleRanges }: EditorView): DecorationSet {
    if (this.#tree.length === 0) return Decoration.none;
    const builder = new RangeSetBuilder<Decoration>();
    for (const { from, to } of visibleRanges) {
      const put: PutStyle = (start, end, classes) => builder.add(start, end, this.#mark(classes));
      highlightFrom(this.#tree, this.#style, put, from, to);
    }
    return builder.finish();
  }

  #mark(classes: string): Decoration {
    const known = this.#marks.get(classes);
    if (known !== undefined) return known;
    const mark = Decoration.mark({ class: classes });
    this.#marks.set(classes, mark);
    return mark;
  }
}

/** Highlighting in one style, which holds for every language. */
export function highlighting(style: HighlightStyle): Extension {
  const plugin = ViewPlugin.define((view) => new Colours(view, style), {
    decorations: (colours) => colours.decorations,
  });
  return [
    // As CodeMirror has it: within marks of other plugins.
    Prec.high(plugin),
    style.module === null ? [] : EditorView.styleModule.of(style.module),
  ];
}
