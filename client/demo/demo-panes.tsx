/** Two real editors side by side on the start page, in a room that needs no server: they type by themselves until somebody tries it. */
import { closeBrackets } from '@codemirror/autocomplete';
import { defaultKeymap } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { drawSelection, keymap, lineNumbers } from '@codemirror/view';
import { EditorView } from 'codemirror';
import { useEffect, useRef } from 'preact/hooks';
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next';

import { EditorLanguage } from '../editor/language.js';
import { lfOnly } from '../editor/lf-only.js';
import { ownCursor } from '../editor/own-cursor.js';
import { remoteCursorLayers } from '../editor/remote-cursor-layers.js';
import { remoteCursors } from '../editor/remote-cursors.js';
import { editorTheme } from '../editor/theme.js';
import { messages } from '../messages.js';
import { colorClass } from '../presence/palette.js';
import { DemoPeer, join, play } from './demo-room.js';

const people = [
  { name: messages.demo.first, color: 0 },
  { name: messages.demo.second, color: 3 },
] as const;

function openEditor(peer: DemoPeer, parent: HTMLElement): EditorView {
  const language = new EditorLanguage();
  const { text, awareness, undo, person } = peer;
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
        lfOnly,
        lineNumbers(),
        drawSelection(),
        closeBrackets(),
        editorTheme,
        language.extension,
        EditorView.contentAttributes.of({
          'aria-label': messages.demo.editor(person.name),
          spellcheck: 'false',
          translate: 'no',
        }),
        yCollab(text, null, { undoManager: undo }),
        remoteCursors(text, awareness),
        remoteCursorLayers,
        ownCursor(text, awareness),
      ],
    }),
  });
  // The demo does without its colours when they cannot be fetched.
  language.show(view, 'python').catch(() => undefined);
  return view;
}

export default function DemoPanes() {
  const hosts = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)] as const;
  useEffect(() => {
    const [left, right] = [hosts[0].current, hosts[1].current];
    if (left === null || right === null) return undefined;
    const peers = [new DemoPeer(people[0]), new DemoPeer(people[1])] as const;
    const part = join(...peers);
    const views = [openEditor(peers[0], left), openEditor(peers[1], right)] as const;
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const stopPlaying = play(peers, views, still);
    for (const view of views) view.contentDOM.addEventListener('focus', stopPlaying);
    return () => {
      stopPlaying();
      part();
      for (const view of views) view.destroy();
      for (const peer of peers) peer.stop();
    };
  }, []);
  return (
    <>
      {people.map(({ name, color }, index) => (
        <div key={name} class={`demo-pane ${colorClass(color)}`} data-testid="demo-pane">
          <p class="demo-name">{name}</p>
          <div class="demo-editor" ref={hosts[index === 0 ? 0 : 1]} />
        </div>
      ))}
    </>
  );
}
