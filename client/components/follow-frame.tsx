/** The coloured frame around the text while somebody is followed, with the name and the way out. */
import { messages } from '../messages.js';
import { colorClass } from '../presence/palette.js';
import type { Person } from '../presence/people.js';

export interface FollowFrameProps {
  readonly leader: Person;
  readonly onEnd: () => void;
}

export function FollowFrame({ leader, onEnd }: FollowFrameProps) {
  return (
    <div class={`follow-frame ${colorClass(leader.color)}`} data-testid="follow-frame">
      <button type="button" class="follow-chip" onClick={onEnd} title={messages.people.stopFollowingHint}>
        {messages.people.following(leader.name)}
        <span class="visually-hidden"> {messages.people.stopFollowingHint}</span>
      </button>
    </div>
  );
}
