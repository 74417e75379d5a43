/** What the page and the worker that formats say to each other. */

export interface FormatRequest {
  readonly id: number;
  readonly languageId: string;
  readonly text: string;
  /** Columns of one step of indentation. */
  readonly indentWidth: number;
  readonly useTabs: boolean;
}

/** One replacement, in offsets of the text that was sent. In order, and apart from each other. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export type FormatResult =
  | { readonly kind: 'edits'; readonly edits: readonly Edit[] }
  /** The text is none of its language; `line` counts from 1. */
  | { readonly kind: 'syntax'; readonly message: string; readonly line: number | null }
  | { readonly kind: 'failed'; readonly message: string };

export interface FormatAnswer {
  readonly id: number;
  readonly result: FormatResult;
}
