/** Holds the CodeMirror view of the file on the screen. Preact gives it a place; everything inside is CodeMirror's. */
import { EditorState } from '@codemirror/state';
import { EditorView } from 'codemirror';
import { useEffect, useRef } from 'preact/hooks';

import type { RoomConnection } from '../connection/room-connection.js';
import { editorExtensions } from '../editor/extensions.js';
import { followLeader, type FollowOptions } from '../editor/follow.js';
import type { GhostOptions } from '../editor/ghost-text.js';
import { EditorLanguage } from '../editor/language.js';
import { placeOf, scrollTo, selectionAt, type EditorPlace } from '../editor/place.js';
import { whereabouts, type Whereabouts } from '../editor/whereabouts.js';
import { followPreferences } from '../editor/follow-preferences.js';
import { EditorSettings } from '../editor/settings.js';
import { Writable } from '../editor/writable.js';
import { messages } from '../messages.js';

export interface EditorPaneProps {
  readonly connection: RoomConnection;
  /** One pane shows one file for life: give it the id as its key. */
  readonly fileId: string;
  /** Where the reader was, by file: read when the pane comes, written when it goes. */
  readonly places: Map<string, EditorPlace>;
  readonly language: string;
  readonly editable: boolean;
  /** The whole text is selected once, so that typing replaces it. */
  readonly selectAll: boolean;
  /** Each new number brings the keyboard back to the text. */
  readonly focusRequest: number;
  readonly ghost: GhostOptions;
  readonly follow: FollowOptions;
  readonly onWhereabouts: (lines: Whereabouts) => void;
  /** The view as it comes, and null as it goes. */
  readonly onView: (view: EditorView | null) => void;
  readonly onCursor: (cursor: { line: number; column: number }) => void;
  readonly onLanguageFailed: (language: string) => void;
  readonly onTooLarge: () => void;
}

interface Editor {
  readonly view: EditorView;
  readonly language: EditorLanguage;
  readonly writable: Writable;
}

export function EditorPane(props: EditorPaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  // CodeMirror keeps its callbacks for life; they look here for the newest props.
  const latest = useRef(props);
  latest.current = props;
  const { connection, fileId, places, language, editable, selectAll, focusRequest, onLanguageFailed } = props;

  useEffect(() => {
    if (host.current === null) return undefined;
    const text = connection.textOf(fileId);
    const place = places.get(fileId);
    const languagePart = new EditorLanguage();
    const writable = new Writable();
    const settings = new EditorSettings();
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text.toJSON(),
        extensions: [
          settings.extension,
          editorExtensions({
            text,
            awareness: connection.awareness,
            undo: connection.undoOf(fileId),
            label: messages.room.editor,
            ghost: {
              acceptLabel: props.ghost.acceptLabel,
              enabled: () => latest.current.ghost.enabled(),
              ask: (question, signal, show) => latest.current.ghost.ask(question, signal, show),
            },
            changing: [
              languagePart.extension,
              writable.extension,
              followLeader(props.follow),
              whereabouts((lines) => latest.current.onWhereabouts(lines)),
            ],
            onTooLarge: () => latest.current.onTooLarge(),
          }),
          EditorView.updateListener.of((update) => {
            if (!update.selectionSet && !update.docChanged) return;
            const { head } = update.state.selection.main;
            const line = update.state.doc.lineAt(head);
            latest.current.onCursor({ line: line.number, column: head - line.from + 1 });
          }),
        ],
      }),
    });
    editor.current = { view, language: languagePart, writable };
    if (place !== undefined) {
      view.dispatch({ selection: selectionAt(place, text, view.state.doc) });
      scrollTo(view, place, text);
    }
    const stopPreferences = followPreferences(settings, view);
    latest.current.onView(view);
    return () => {
      stopPreferences();
      places.set(fileId, placeOf(view, text));
      editor.current = null;
      latest.current.onView(null);
      view.destroy();
    };
  }, [connection]);

  useEffect(() => {
    const current = editor.current;
    if (current === null) return;
    current.language.show(current.view, language).catch(() => onLanguageFailed(language));
  }, [connection, language]);

  useEffect(() => {
    const current = editor.current;
    if (current === null) return;
    current.writable.set(current.view, editable);
    // Phones would raise the keyboard over a page that was only opened to look at; whoever is in a field or a dialog already stays there.
    const isFree = document.activeElement === null || document.activeElement === document.body;
    if (editable && isFree && window.matchMedia('(pointer: fine)').matches) current.view.focus();
  }, [connection, editable]);

  useEffect(() => {
    const current = editor.current;
    if (current === null || !selectAll) return;
    current.view.dispatch({ selection: { anchor: 0, head: current.view.state.doc.length } });
    current.view.focus();
  }, [connection, selectAll]);

  useEffect(() => {
    if (focusRequest > 0) editor.current?.view.focus();
  }, [focusRequest]);

  return <div class="editor" data-testid="editor" ref={host} />;
}
