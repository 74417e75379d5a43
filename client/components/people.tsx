/** Who is here, in the header: the others' avatars, one's own name to change, and how many they are, which opens the list. */
import { useRef, useState } from 'preact/hooks';

import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { openPanel, screen } from '../store/layout.js';
import { Avatar } from './avatar.js';
import { lazily, withStyles } from './lazily.js';
import type { OwnNameProps } from './own-name.js';

const OwnName = lazily(async () => {
  const module = await withStyles(import('./own-name.js'), import('../styles/people-panel.css'));
  return module.OwnName;
});

/** More do not fit a header; the count says the rest. */
const MAX_AVATARS = 4;
const MAX_AVATARS_NARROW = 2;

export interface PeopleProps extends Pick<OwnNameProps, 'onRename' | 'onRecolor'> {
  readonly people: readonly Person[];
  readonly narrow: boolean;
  /** Client id of the one who is followed. */
  readonly leader: number | null;
  readonly onFollow: (clientId: number) => void;
}

function Count({ people, narrow }: Pick<PeopleProps, 'people' | 'narrow'>) {
  const open = narrow ? screen.value === 'people' : openPanel.value === 'people';
  return (
    <button
      type="button"
      class="people-button"
      title={messages.room.people(people.length)}
      data-testid="people-button"
      aria-expanded={open}
      onClick={() => {
        if (narrow) screen.value = open ? 'code' : 'people';
        else openPanel.value = open ? null : 'people';
      }}
    >
      {narrow && (
        <span class="avatars">
          {people.slice(0, MAX_AVATARS_NARROW).map((one) => (
            <Avatar key={one.clientId} name={one.name} color={one.color} />
          ))}
        </span>
      )}
      <span class="people-count" data-testid="room-count">
        {people.length}
      </span>
      <span class="visually-hidden">{messages.room.peopleWord(people.length)}</span>
    </button>
  );
}

export function People({ people, narrow, leader, onFollow, onRename, onRecolor }: PeopleProps) {
  const popover = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState(false);
  if (narrow) return <Count people={people} narrow />;
  const me = people.find((one) => one.isMe);
  const others = people.filter((one) => !one.isMe);
  return (
    <>
      <span class="avatars">
        {others.slice(0, MAX_AVATARS).map((one) => {
          const followed = one.clientId === leader;
          const label = followed ? messages.people.stopFollowing(one.name) : messages.people.follow(one.name);
          return (
            <button
              key={one.clientId}
              type="button"
              class="avatar-button"
              aria-pressed={followed}
              aria-label={label}
              title={label}
              data-testid="avatar"
              onClick={() => onFollow(one.clientId)}
            >
              <Avatar name={one.name} color={one.color} />
            </button>
          );
        })}
        {others.length > MAX_AVATARS && (
          <span class="more-people" aria-hidden="true">
            +{others.length - MAX_AVATARS}
          </span>
        )}
      </span>
      {me !== undefined && (
        <>
          <button
            type="button"
            class="people-button"
            popovertarget="own-popover"
            title={messages.room.changeName}
            data-testid="own-name"
          >
            <Avatar name={me.name} color={me.color} />
            <span class="own-name">{messages.room.you(me.name)}</span>
          </button>
          <div class="popover" id="own-popover" popover="auto" ref={popover} onToggle={() => setOpened(true)}>
            {opened && (
              <OwnName
                me={me}
                idPrefix="own"
                onRename={onRename}
                onRecolor={onRecolor}
                onDone={() => popover.current?.hidePopover()}
              />
            )}
          </div>
        </>
      )}
      <Count people={people} narrow={false} />
    </>
  );
}
