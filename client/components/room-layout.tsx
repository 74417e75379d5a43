/**
 * Where the parts of a room stand. Wide: header, bar, files | tabs over editor | panel, status line. Narrow: header, bar, one part at a time,
 * and a bar at the bottom to choose it. A part that is not given has no place.
 */
import type { ComponentChildren } from 'preact';

import { messages } from '../messages.js';
import {
  filesOpen,
  filesWidth,
  openPanel,
  panels,
  panelWidth,
  screen,
  WIDTH,
  type Panel,
  type Screen,
} from '../store/layout.js';
import { useKeyboardViewport } from '../support/viewport.js';
import { BottomBar, type BottomBarProps } from './bottom-bar.js';
import { Resizer } from './resizer.js';
import { SidePanel, type PanelContents } from './side-panel.js';

export interface RoomLayoutProps {
  readonly narrow: boolean;
  readonly header: ComponentChildren;
  /** The slim bar, when something is wrong. */
  readonly bar: ComponentChildren;
  /** The tree of files, at the left. */
  readonly files?: ComponentChildren;
  /** The open files, above the editor. */
  readonly tabs?: ComponentChildren;
  readonly editor: ComponentChildren;
  /** The text is not there yet. */
  readonly busy: boolean;
  readonly panel: PanelContents;
  /** Above the soft keyboard of a narrow screen. */
  readonly keyRow?: ComponentChildren;
  readonly footer: ComponentChildren;
  readonly badges?: BottomBarProps['badges'];
}

const isPanel = (one: Screen): one is Panel => panels.some((panel) => panel === one);

export function RoomLayout(props: RoomLayoutProps) {
  const { narrow, files, panel } = props;
  const keyboard = useKeyboardViewport(narrow);
  const hasFiles = files !== undefined;
  // A screen of a part that is not there falls back to the code.
  const shown: Screen = screen.value === 'files' && !hasFiles ? 'code' : screen.value;
  const showFiles = hasFiles && (narrow ? shown === 'files' : filesOpen.value);
  const shownPanel = narrow ? (isPanel(shown) ? shown : null) : openPanel.value;
  const showCode = !narrow || shown === 'code';

  return (
    <div class={`room${keyboard ? ' with-keyboard' : ''}`}>
      {props.header}
      {props.bar}
      <div class="room-body">
        {showFiles && (
          <>
            <section
              class="room-files"
              id="room-files"
              aria-label={messages.room.screens.files}
              style={narrow ? undefined : { inlineSize: `${filesWidth.value}px` }}
            >
              {files}
            </section>
            {!narrow && (
              <Resizer
                width={filesWidth}
                limits={WIDTH.files}
                grows="left"
                label={messages.room.resizeFiles}
                controls="room-files"
              />
            )}
          </>
        )}
        <div class="room-center" hidden={!showCode}>
          {props.tabs}
          <main class="room-main" aria-busy={props.busy}>
            {props.editor}
          </main>
          {narrow && props.keyRow}
        </div>
        {shownPanel !== null && (
          <>
            {!narrow && (
              <Resizer
                width={panelWidth}
                limits={WIDTH.panel}
                grows="right"
                label={messages.room.resizePanel}
                controls="room-panel"
              />
            )}
            <aside
              class="room-panel"
              id="room-panel"
              aria-label={messages.room.panels}
              data-testid="room-panel"
              style={narrow ? undefined : { inlineSize: `${panelWidth.value}px` }}
            >
              <SidePanel shown={shownPanel} contents={panel} />
            </aside>
          </>
        )}
      </div>
      {narrow ? (
        <BottomBar
          screens={['code', ...(hasFiles ? (['files'] as const) : []), ...panels]}
          badges={props.badges ?? {}}
        />
      ) : (
        props.footer
      )}
    </div>
  );
}
