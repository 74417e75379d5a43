/** Who is here and where, as a list: one's own name and colour, then the others, each with the way to them. */
import { messages } from '../messages.js';
import type { Person } from '../presence/people.js';
import { presenceNotices } from '../store/preferences.js';
import { Avatar } from './avatar.js';
import { Check } from './check.js';
import { OwnName, type OwnNameProps } from './own-name.js';

export interface PeoplePanelProps extends Pick<OwnNameProps, 'onRename' | 'onRecolor'> {
  readonly people: readonly Person[];
  /** Client id of the one who is followed. */
  readonly leader: number | null;
  /** Where somebody is, in words; '' when it is not known. */
  readonly placeOf: (person: Person) => string;
  readonly onFollow: (clientId: number) => void;
  readonly onJump: (clientId: number) => void;
}

function Entry({ person, panel }: { person: Person; panel: PeoplePanelProps }) {
  const { clientId, name, color } = person;
  const followed = panel.leader === clientId;
  const place = panel.placeOf(person);
  return (
    <li data-testid="person">
      <Avatar name={name} color={color} />
      <span class="person-text">
        <span class="person-name">{name}</span>
        {place !== '' && <span class="hint">{place}</span>}
      </span>
      <span class="person-actions">
        <button
          type="button"
          class="button small"
          aria-pressed={followed}
          data-follow={clientId}
          aria-label={followed ? messages.people.stopFollowing(name) : messages.people.follow(name)}
          onClick={() => panel.onFollow(clientId)}
        >
          {followed ? messages.people.followingShort : messages.people.followShort}
        </button>
        <button
          type="button"
          class="button small"
          aria-label={messages.people.jump(name)}
          disabled={place === ''}
          data-testid="jump-to"
          onClick={() => panel.onJump(clientId)}
        >
          {messages.people.jumpShort}
        </button>
      </span>
    </li>
  );
}

export function PeoplePanel(props: PeoplePanelProps) {
  const { people, onRename, onRecolor } = props;
  const me = people.find((one) => one.isMe);
  const others = people.filter((one) => !one.isMe);
  return (
    <div class="people-panel">
      {me !== undefined && (
        <div class="own-entry">
          <Avatar name={me.name} color={me.color} />
          <OwnName me={me} idPrefix="panel" onRename={onRename} onRecolor={onRecolor} />
        </div>
      )}
      {others.length === 0 ? (
        <p class="hint empty-hint">{messages.people.alone}</p>
      ) : (
        <ul class="people-list" aria-label={messages.room.people(people.length)}>
          {others.map((one) => (
            <Entry key={one.clientId} person={one} panel={props} />
          ))}
        </ul>
      )}
      <Check
        label={messages.people.notices}
        testId="presence-notices"
        checked={presenceNotices.value}
        onChange={(checked) => {
          presenceNotices.value = checked;
        }}
      />
    </div>
  );
}
