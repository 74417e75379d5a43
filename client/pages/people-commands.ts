/** What can be done with people, as commands; and what Esc means to panel and following. */
import { useEffect } from 'preact/hooks';

import type { Command } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import { openPanel, screen } from '../store/layout.js';
import type { RoomSession } from './room-session.js';

function showPeople(): void {
  openPanel.value = 'people';
  screen.value = 'people';
}

/** Ends following; else follows the one other person, or shows the list to choose from. */
function followOrEnd({ follow, people }: RoomSession): void {
  if (follow.leader.peek() !== null) {
    follow.end();
    return;
  }
  const [first, ...more] = people.peek().filter((one) => !one.isMe);
  if (first === undefined) say(messages.people.nobodyToFollow);
  else if (more.length === 0) follow.start(first.clientId);
  else {
    showPeople();
    // The list is drawn with the next frame.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-follow]')?.focus());
  }
}

export function peopleCommands(session: RoomSession): readonly Command[] {
  return [
    {
      id: 'people.follow',
      title: messages.people.followCommand,
      group: 'people',
      keys: ['Ctrl-Alt-f'],
      run: () => followOrEnd(session),
    },
    {
      id: 'people.show',
      title: messages.people.showCommand,
      group: 'people',
      run: showPeople,
    },
  ];
}

const somethingFloats = (): boolean => document.querySelector(':popover-open, dialog[open]') !== null;

/** Esc that nothing nearer took: out of the panel back to the text, or no longer following. */
export function useEscape(session: RoomSession): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || somethingFloats()) return;
      const inPanel = event.target instanceof Element && event.target.closest('#room-panel') !== null;
      if (!inPanel) {
        session.follow.end();
        return;
      }
      openPanel.value = null;
      screen.value = 'code';
      session.editor.peek()?.focus();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [session]);
}
