/** Alt+Shift+F, and what is said about it. */
import type { EditorView } from '@codemirror/view';

import type { Command } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { canonicalLanguage, languageLabel } from '../languages/list.js';
import { messages } from '../messages.js';
import { formatDocument, type FormatOutcome } from './format-document.js';
import { askToFormat } from './format-service.js';

/** Shorter waits are not worth a word. */
const QUIET_MS = 800;

function goTo(view: EditorView, line: number): void {
  const { doc } = view.state;
  view.dispatch({
    selection: { anchor: doc.line(Math.min(Math.max(1, line), doc.lines)).from },
    scrollIntoView: true,
  });
  view.focus();
}

function tell(view: EditorView, languageId: string, outcome: FormatOutcome): void {
  const words = messages.format;
  switch (outcome.kind) {
    case 'done':
      return;
    case 'unchanged':
      say(words.unchanged);
      return;
    case 'unknown-language':
      say(words.unknownLanguage(languageLabel(languageId)));
      return;
    case 'read-only':
      say(words.readOnly);
      return;
    case 'busy':
      say(words.busy);
      return;
    case 'failed':
      say(words.failed(outcome.message));
      return;
    case 'syntax': {
      const { line } = outcome;
      if (line === null) say(words.syntax(outcome.message));
      else
        say(words.syntax(outcome.message), {
          action: { label: words.goTo(line), run: () => goTo(view, line) },
        });
    }
  }
}

export function formatCommand(view: () => EditorView | null, language: () => string): Command {
  return {
    id: 'editor.format',
    title: messages.format.title,
    group: 'edit',
    keys: ['Alt-Shift-f'],
    enabled: () => view()?.state.readOnly === false,
    run: () => {
      const editor = view();
      if (editor === null) return;
      const languageId = canonicalLanguage(language());
      let hush: (() => void) | null = null;
      const patience = setTimeout(() => {
        hush = say(messages.format.working, { forMs: 60_000 });
      }, QUIET_MS);
      void formatDocument(editor, languageId, askToFormat).then((outcome) => {
        clearTimeout(patience);
        hush?.();
        tell(editor, languageId, outcome);
      });
    },
  };
}
