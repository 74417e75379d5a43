/** Keeps one editor as its person likes it. */
import { effect, untracked } from '@preact/signals';
import { StateEffect } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';

import { runCommand } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import {
  fontSize,
  indent,
  indentStep,
  keymapName,
  listWhileTyping,
  tabMovesFocus,
  tabWidth,
  wrap,
} from '../store/editor-preferences.js';
import { loadKeymap } from './keymaps.js';
import { EditorSettings } from './settings.js';

/** @returns how to stop */
export function followPreferences(settings: EditorSettings, view: EditorView): () => void {
  const stops: (() => void)[] = [
    effect(() => {
      const wanted = {
        tabWidth: tabWidth.value,
        indent: indentStep(indent.value),
        wrap: wrap.value,
        tabMovesFocus: tabMovesFocus.value,
        listWhileTyping: listWhileTyping.value,
      };
      // Whatever reacts to the change is no preference to follow.
      untracked(() => settings.apply(view, wanted));
    }),
    effect(() => {
      const loading = loadKeymap(keymapName.value, () => void runCommand('room.save'));
      settings.useKeymap(view, loading).catch(() => {
        keymapName.value = 'normal';
        say(messages.settings.keymapFailed);
      });
    }),
    effect(() => {
      void fontSize.value;
      view.requestMeasure();
    }),
  ];
  let open = true;
  stops.push(() => {
    open = false;
  });
  import('./searching.js').then(
    ({ searching }) => {
      if (open) view.dispatch({ effects: StateEffect.appendConfig.of(searching) });
    },
    () => say(messages.commands.loadFailed),
  );
  return () => {
    for (const stop of stops) stop();
  };
}
