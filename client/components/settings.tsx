/** What a person may set for themselves, in one small window that leaves the code to be seen. Every change shows at once. */
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { closeOverlay } from '../commands/overlay.js';
import { messages } from '../messages.js';
import {
  FONT_SIZE,
  fontSize,
  indent,
  indents,
  keymapName,
  keymaps,
  listWhileTyping,
  nameFlags,
  nameFlagTimes,
  setListWhileTyping,
  tabMovesFocus,
  tabWidth,
  tabWidths,
  wrap,
} from '../store/editor-preferences.js';
import { suggestionsOn } from '../store/preferences.js';
import { Check, type CheckProps } from './check.js';
import { Icon } from './icon.js';
import { ThemeChoice } from './theme-choice.js';

const words = messages.settings;
const sizes = Array.from({ length: FONT_SIZE.max - FONT_SIZE.min + 1 }, (_, index) => FONT_SIZE.min + index);

interface ChoiceProps<T> {
  readonly label: string;
  readonly of: Signal<T>;
  readonly values: readonly T[];
  readonly name: (value: T) => string;
  readonly testId: string;
}

function Choice<T>({ label, of, values, name, testId }: ChoiceProps<T>) {
  return (
    <label class="setting">
      <span>{label}</span>
      <select
        class="select"
        data-testid={testId}
        value={String(values.indexOf(of.value))}
        onChange={(event) => {
          const chosen = values[Number(event.currentTarget.value)];
          if (chosen !== undefined) of.value = chosen;
        }}
      >
        {values.map((value, index) => (
          <option key={index} value={String(index)}>
            {name(value)}
          </option>
        ))}
      </select>
    </label>
  );
}

const bound = (of: Signal<boolean>): Pick<CheckProps, 'checked' | 'onChange'> => ({
  checked: of.value,
  onChange: (checked) => {
    of.value = checked;
  },
});

export default function Settings() {
  const popover = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const { current } = popover;
    current?.showPopover();
    current?.querySelector<HTMLElement>('input, select')?.focus();
    return () => current?.hidePopover();
  }, []);

  return (
    <div
      class="popover settings"
      popover="auto"
      role="dialog"
      aria-labelledby="settings-title"
      data-testid="settings"
      ref={popover}
      onToggle={(event) => {
        if (event.newState === 'closed') closeOverlay('settings');
      }}
    >
      <header class="layer-header">
        <h2 id="settings-title">{words.title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={messages.commands.close}
          onClick={() => popover.current?.hidePopover()}
        >
          <Icon name="close" />
        </button>
      </header>
      <ThemeChoice />
      <Choice
        label={words.fontSize}
        of={fontSize}
        values={[null, ...sizes]}
        name={(size) => (size === null ? words.usual : words.pixels(size))}
        testId="setting-font-size"
      />
      <Choice
        label={words.indent}
        of={indent}
        values={indents}
        name={(one) => words.indents[one]}
        testId="setting-indent"
      />
      <Choice
        label={words.tabWidth}
        of={tabWidth}
        values={tabWidths}
        name={words.columns}
        testId="setting-tab-width"
      />
      <Choice
        label={words.keymap}
        of={keymapName}
        values={keymaps}
        name={(one) => words.keymaps[one]}
        testId="setting-keymap"
      />
      <Choice
        label={words.nameFlags}
        of={nameFlags}
        values={nameFlagTimes}
        name={(one) => words.nameFlagTimes[one]}
        testId="setting-name-flags"
      />
      <Check label={words.wrap} {...bound(wrap)} testId="setting-wrap" />
      <Check
        label={messages.room.suggestions}
        hint={words.suggestionsHint}
        {...bound(suggestionsOn)}
        testId="setting-suggestions"
      />
      <Check
        label={words.list}
        hint={words.listHint}
        checked={listWhileTyping.value}
        onChange={setListWhileTyping}
        testId="setting-list"
      />
      <Check label={words.tab} hint={words.tabHint} {...bound(tabMovesFocus)} testId="setting-tab" />
    </div>
  );
}
