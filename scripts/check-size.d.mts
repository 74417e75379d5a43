/** What tests use of check-size.mjs. */
export interface PageWeight {
  readonly page: string;
  readonly gzipKb: number;
  readonly files: readonly { readonly file: string; readonly bytes: number; readonly gzipKb: number }[];
}
export declare const BUDGET_KB: number;
export declare function measure(folder?: string): PageWeight[];
