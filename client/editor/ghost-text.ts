/**
 * A suggestion shown dimmed at the cursor. It is a decoration, never part of the text until the person takes it: in a shared document an
 * inserted suggestion would be everybody's. Asked for only after this person's own typing.
 */
import { completionStatus } from '@codemirror/autocomplete';
import {
  EditorSelection,
  Prec,
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
  type Transaction,
} from '@codemirror/state';
import { Decoration, keymap, ViewPlugin, WidgetType, type ViewUpdate } from '@codemirror/view';
import { EditorView } from 'codemirror';
import { ySyncAnnotation } from 'y-codemirror.next';

/** Long enough that a typist is not interrupted, short enough to be there when they pause. */
export const GHOST_DELAY_MS = 400;
/** How much text around the cursor is sent: before and after. */
const BEFORE_CHARS = 12_000;
const AFTER_CHARS = 4_000;

export interface Ghost {
  readonly at: number;
  readonly text: string;
}

export interface GhostQuestion {
  readonly code: string;
  readonly cursorPosition: number;
}

export interface GhostOptions {
  /**
   * Calls `show` with what to insert, '' for nothing; again when there is a better answer. A rejection shows nothing more;
   * telling people is the caller's.
   */
  readonly ask: (question: GhostQuestion, signal: AbortSignal, show: (text: string) => void) => Promise<void>;
  /** Asked before each request. */
  readonly enabled: () => boolean;
  /** The label of the button that takes it, for screens without a Tab key. */
  readonly acceptLabel: string;
}

const setGhost = StateEffect.define<Ghost | null>();

const isRemote = (transaction: Transaction): boolean => transaction.annotation(ySyncAnnotation) !== undefined;

const isOwnTyping = (transaction: Transaction): boolean =>
  transaction.docChanged &&
  !isRemote(transaction) &&
  (transaction.isUserEvent('input') || transaction.isUserEvent('delete'));

const PAIRS: Readonly<Record<string, string>> = {
  '(': ')',
  '[': ']',
  '{': '}',
  '"': '"',
  "'": "'",
  '`': '`',
};

/** What a text that begins with an opening sign has up to the sign that closes it; all behind it when nothing does. */
function insideOf(text: string): string {
  const open = text.charAt(0);
  const close = PAIRS[open];
  let depth = 1;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === close) depth--;
    else if (text[at] === open) depth++;
    if (depth === 0) return text.slice(1, at);
  }
  return text.slice(1);
}

/** What is left of the suggestion after the person typed its beginning; null when they typed something else. */
function typedInto(ghost: Ghost, transaction: Transaction): Ghost | null {
  let rest: Ghost | null = null;
  let changes = 0;
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
    changes += 1;
    const typed = inserted.sliceString(0, inserted.length, '\n');
    if (from !== ghost.at || to !== ghost.at) return;
    const [open = '', close] = typed;
    // The editor closed the bracket or quote: what is suggested behind its end is not at the cursor any more.
    const isClosed =
      typed.length === 2 && PAIRS[open] === close && transaction.newSelection.main.head === from + 1;
    if (isClosed && ghost.text.startsWith(open)) {
      const inside = insideOf(ghost.text);
      if (inside !== '') rest = { at: ghost.at + 1, text: inside };
    } else if (typed.length < ghost.text.length && ghost.text.startsWith(typed)) {
      rest = { at: ghost.at + typed.length, text: ghost.text.slice(typed.length) };
    }
  });
  return changes === 1 ? rest : null;
}

function follow(ghost: Ghost, transaction: Transaction): Ghost | null {
  let next: Ghost | null = ghost;
  if (transaction.docChanged) {
    next = isRemote(transaction)
      ? { at: transaction.changes.mapPos(ghost.at, 1), text: ghost.text }
      : typedInto(ghost, transaction);
  }
  const { main } = transaction.newSelection;
  return next !== null && main.empty && main.head === next.at ? next : null;
}

export const ghostField = StateField.define<Ghost | null>({
  create: () => null,
  update(ghost, transaction) {
    let next = ghost === null ? null : follow(ghost, transaction);
    for (const effect of transaction.effects) if (effect.is(setGhost)) next = effect.value;
    return next;
  },
});

/** The suggestion as far as it may be seen: not beside the completion list, while composing, or where one may not type. */
export function visibleGhost(state: EditorState, composing = false): Ghost | null {
  const ghost = state.field(ghostField, false) ?? null;
  return ghost === null || composing || state.readOnly || completionStatus(state) === 'active' ? null : ghost;
}

class GhostWidget extends WidgetType {
  constructor(
    readonly text: string,
    readonly acceptLabel: string,
  ) {
    super();
  }

  override eq(other: GhostWidget): boolean {
    return other.text === this.text;
  }

  toDOM(view: EditorView): HTMLElement {
    const ghost = document.createElement('span');
    ghost.className = 'ghost-text';
    const text = document.createElement('span');
    text.setAttribute('aria-hidden', 'true');
    text.textContent = this.text;
    const accept = document.createElement('button');
    accept.type = 'button';
    accept.className = 'ghost-accept';
    accept.textContent = this.acceptLabel;
    // Before the editor moves the cursor to where the finger is.
    accept.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      acceptGhost(view);
    });
    ghost.append(text, accept);
    return ghost;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

/** Puts `length` characters of the visible suggestion into the text; the rest of it stays. */
function take(view: EditorView, ghost: Ghost, length: number): void {
  const at = ghost.at + length;
  const rest = ghost.text.slice(length);
  view.dispatch({
    changes: { from: ghost.at, insert: ghost.text.slice(0, length) },
    selection: EditorSelection.cursor(at),
    effects: setGhost.of(rest === '' ? null : { at, text: rest }),
    userEvent: 'input.complete',
    scrollIntoView: true,
  });
}

/** Puts the visible suggestion into the text. False when there is none, so that Tab keeps its own meaning. */
export function acceptGhost(view: EditorView): boolean {
  const ghost = visibleGhost(view.state, view.composing);
  if (ghost === null) return false;
  take(view, ghost, ghost.text.length);
  return true;
}

// Space that leads to it, then a word, or a run of signs, or a line's end with the indentation that follows.
const NEXT_WORD = /^[ \t]*(?:[\p{L}\p{M}\p{N}_$]+|\n[ \t]*|[^\p{L}\p{M}\p{N}_$\s]+)?/u;

/** Puts the next word of the visible suggestion into the text. False when there is none, so that the key keeps its own meaning. */
export function acceptGhostWord(view: EditorView): boolean {
  const ghost = visibleGhost(view.state, view.composing);
  if (ghost === null) return false;
  take(view, ghost, NEXT_WORD.exec(ghost.text)?.[0].length || ghost.text.length);
  return true;
}

export function dismissGhost(view: EditorView): boolean {
  if (visibleGhost(view.state, view.composing) === null) return false;
  view.dispatch({ effects: setGhost.of(null) });
  return true;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** The text around the cursor, and the cursor in it; never cuts a character in two. */
export function windowAround(state: EditorState, cursor: number): GhostQuestion {
  const { doc } = state;
  let from = Math.max(0, cursor - BEFORE_CHARS);
  let to = Math.min(doc.length, cursor + AFTER_CHARS);
  if (from > 0 && isLowSurrogate(doc.sliceString(from, from + 1, '\n').charCodeAt(0))) from += 1;
  if (to < doc.length && isLowSurrogate(doc.sliceString(to, to + 1, '\n').charCodeAt(0))) to -= 1;
  return { code: doc.sliceString(from, to, '\n'), cursorPosition: cursor - from };
}

interface Asking {
  /** Where the cursor was; moves with the text. */
  at: number;
  readonly abort: AbortController;
}

class GhostAsker {
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking: Asking | null = null;

  constructor(
    readonly view: EditorView,
    readonly options: GhostOptions,
  ) {}

  update(update: ViewUpdate): void {
    for (const transaction of update.transactions) {
      if (transaction.docChanged && isRemote(transaction)) {
        if (this.#asking !== null) this.#asking.at = transaction.changes.mapPos(this.#asking.at, 1);
      } else if (transaction.docChanged || transaction.selection !== undefined) {
        this.#cancel();
      }
      // Refused: what is still to come was refused with it.
      if (transaction.effects.some((effect) => effect.is(setGhost) && effect.value === null)) this.#cancel();
      if (isOwnTyping(transaction) && (update.state.field(ghostField) ?? null) === null) this.#schedule();
    }
  }

  destroy(): void {
    this.#cancel();
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#asking?.abort.abort();
    this.#asking = null;
  }

  #schedule(): void {
    this.#cancel();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#ask();
    }, GHOST_DELAY_MS);
  }

  async #ask(): Promise<void> {
    const { view, options } = this;
    // Nothing commits a composition but its end: then we look again.
    if (view.composing) return this.#schedule();
    const { main, ranges } = view.state.selection;
    const unfit = view.state.readOnly || !main.empty || ranges.length > 1 || document.hidden;
    if (unfit || !options.enabled() || completionStatus(view.state) === 'active') return;
    const asking = { at: main.head, abort: new AbortController() };
    this.#asking = asking;
    try {
      await options.ask(windowAround(view.state, main.head), asking.abort.signal, (text) =>
        this.#show(asking, text),
      );
    } catch {
      // Nothing more to show; the caller has told the person if they should know.
    }
    if (this.#asking === asking) this.#asking = null;
  }

  /** A better answer takes the place of the one before it. Who has begun to take that one has ended the asking. */
  #show(asking: Asking, text: string): void {
    if (this.#asking !== asking || text === '') return;
    const { view, options } = this;
    const { main } = view.state.selection;
    if (!main.empty || main.head !== asking.at || !options.enabled()) return;
    view.dispatch({ effects: setGhost.of({ at: asking.at, text }) });
  }
}

export function ghostText(options: GhostOptions): Extension {
  const asker = ViewPlugin.define((view) => new GhostAsker(view, options));
  const shown = EditorView.decorations.of((view) => {
    const ghost = visibleGhost(view.state, view.composing);
    if (ghost === null) return Decoration.none;
    const widget = new GhostWidget(ghost.text, options.acceptLabel);
    return Decoration.set(Decoration.widget({ widget, side: 1 }).range(ghost.at));
  });
  return [
    ghostField,
    asker,
    shown,
    Prec.highest(
      keymap.of([
        { key: 'Tab', run: acceptGhost },
        { key: 'Mod-ArrowRight', run: acceptGhostWord },
        { key: 'Escape', run: dismissGhost },
      ]),
    ),
  ];
}
