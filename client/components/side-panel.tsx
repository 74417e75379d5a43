/** The panel at the right: a tab for each thing it can show. With one thing there is nothing to choose, and its tab is a heading. */
import type { ComponentChildren } from 'preact';

import { messages } from '../messages.js';
import { openPanel, screen, type Panel } from '../store/layout.js';
import { Icon } from './icon.js';

export type PanelContents = Readonly<Record<Panel, ComponentChildren>>;

export interface SidePanelProps {
  readonly shown: Panel;
  readonly contents: PanelContents;
}

const tabId = (panel: Panel): string => `panel-tab-${panel}`;

function Tabs({ shown, panels }: { shown: Panel; panels: readonly Panel[] }) {
  const show = (panel: Panel): void => {
    openPanel.value = panel;
    if (screen.peek() !== 'code') screen.value = panel;
    document.getElementById(tabId(panel))?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = panels[(panels.indexOf(shown) + step + panels.length) % panels.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    show(next);
  };
  return (
    <div class="panel-tabs" role="tablist" aria-label={messages.room.panels} onKeyDown={onKeyDown}>
      {panels.map((panel) => (
        <button
          key={panel}
          type="button"
          role="tab"
          id={tabId(panel)}
          aria-selected={panel === shown}
          aria-controls="panel-content"
          tabIndex={panel === shown ? 0 : -1}
          onClick={() => show(panel)}
        >
          {messages.room.screens[panel]}
        </button>
      ))}
    </div>
  );
}

export function SidePanel({ shown, contents }: SidePanelProps) {
  const panels = Object.keys(contents) as Panel[];
  const single = panels.length === 1;
  return (
    <>
      <div class="panel-head">
        {single ? (
          <h2 id={tabId(shown)}>{messages.room.screens[shown]}</h2>
        ) : (
          <Tabs shown={shown} panels={panels} />
        )}
        <button
          type="button"
          class="icon-button small panel-close"
          aria-label={messages.room.closePanel}
          title={messages.room.closePanel}
          onClick={() => {
            openPanel.value = null;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <div
        class="panel-content"
        id="panel-content"
        aria-labelledby={tabId(shown)}
        role={single ? 'region' : 'tabpanel'}
      >
        {contents[shown]}
      </div>
    </>
  );
}
