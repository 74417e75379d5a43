/** @jest-environment jsdom */
import { afterEach, expect, test } from '@jest/globals';
import { signal } from '@preact/signals';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/preact';

import { closeOverlay, overlay } from '../commands/overlay.js';
import { keymapName, tabMovesFocus } from '../store/editor-preferences.js';
import { RoomFooter, type LastUpdate } from './room-footer.js';

afterEach(() => {
  cleanup();
  keymapName.value = 'normal';
  tabMovesFocus.value = false;
});

const cursor = signal({ line: 4, column: 9 });
const lastUpdate = signal<LastUpdate | null>(null);
const show = (indent = '    ') =>
  render(
    <RoomFooter path="main.py" cursor={cursor} indent={indent} lastUpdate={lastUpdate} suggestions="AI on" />,
  );
const line = (): string => screen.getByRole('contentinfo').textContent;

test('says where the cursor is and how the text is written, as these change', () => {
  const { rerender } = show();
  expect(line()).toMatch(
    /main\.py.*Ln 4, Col 9.*Spaces 4.*LF.*Vim: off.*Esc then Tab leaves the editor.*AI on/,
  );
  void act(() => {
    cursor.value = { line: 5, column: 1 };
    lastUpdate.value = { at: Date.now(), by: 'Ben' };
    tabMovesFocus.value = true;
    keymapName.value = 'vim';
  });
  expect(line()).toMatch(/Ln 5, Col 1.*Vim.*Tab leaves the editor.*by Ben/);
  expect(line()).not.toMatch(/Vim: off|Esc then/);
  rerender(<></>);
  show('\t');
  expect(line()).toContain('Tabs');
});

test.each([
  ['keymap-state', 'settings'],
  ['help', 'shortcuts'],
] as const)('%s leads to the %s', (button, layer) => {
  show();
  fireEvent.click(screen.getByTestId(button));
  expect(overlay.value).toBe(layer);
  closeOverlay(layer);
});
