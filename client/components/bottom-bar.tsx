/** On narrow screens: which part of the room is shown. Only parts that exist have a place here. */
import { messages } from '../messages.js';
import { screen, type Screen } from '../store/layout.js';
import { Icon, type IconName } from './icon.js';

const icons: Readonly<Record<Screen, IconName>> = { code: 'brand', files: 'files', people: 'people' };

export interface BottomBarProps {
  readonly screens: readonly Screen[];
  /** A number at the corner of an entry, such as how many people are here. */
  readonly badges?: Partial<Readonly<Record<Screen, number>>>;
}

export function BottomBar({ screens, badges = {} }: BottomBarProps) {
  return (
    <nav class="bottom-bar" aria-label={messages.room.parts}>
      {screens.map((one) => (
        <button
          key={one}
          type="button"
          aria-current={screen.value === one ? 'page' : undefined}
          data-testid={`screen-${one}`}
          onClick={() => {
            screen.value = one;
          }}
        >
          <Icon name={icons[one]} />
          {messages.room.screens[one]}
          {badges[one] !== undefined && <span class="badge">{badges[one]}</span>}
        </button>
      ))}
    </nav>
  );
}
