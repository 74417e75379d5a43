/** A person's preferences as commands. */
import { isMac } from '../commands/keys.js';
import { openOverlay } from '../commands/overlay.js';
import type { Command } from '../commands/registry.js';
import { say } from '../components/toasts.js';
import { messages } from '../messages.js';
import {
  changeFontSize,
  fontSize,
  keymapName,
  keymaps,
  listWhileTyping,
  setListWhileTyping,
  tabMovesFocus,
  wrap,
} from '../store/editor-preferences.js';
import { suggestionsOn, theme, themes } from '../store/preferences.js';

/** @param shownFontSize what the text is drawn at now, in CSS pixels */
export function preferenceCommands(shownFontSize: () => number): readonly Command[] {
  const words = messages.settings;
  return [
    {
      id: 'settings.open',
      title: words.title,
      group: 'view',
      keys: ['Mod-,'],
      run: () => openOverlay('settings'),
    },
    {
      id: 'settings.wrap',
      title: words.toggleWrap,
      group: 'view',
      keys: ['Alt-z'],
      run: () => {
        wrap.value = !wrap.peek();
      },
    },
    {
      id: 'settings.larger',
      title: words.larger,
      group: 'view',
      run: () => changeFontSize(1, shownFontSize()),
    },
    {
      id: 'settings.smaller',
      title: words.smaller,
      group: 'view',
      run: () => changeFontSize(-1, shownFontSize()),
    },
    {
      id: 'settings.usual-size',
      title: words.usualSize,
      group: 'view',
      enabled: () => fontSize.peek() !== null,
      run: () => {
        fontSize.value = null;
      },
    },
    {
      id: 'settings.tab-mode',
      title: words.toggleTab,
      group: 'edit',
      // Mac keyboards type with Ctrl-M.
      keys: [isMac() ? 'Shift-Alt-m' : 'Ctrl-m'],
      run: () => {
        tabMovesFocus.value = !tabMovesFocus.peek();
        say(tabMovesFocus.peek() ? words.tabMovesNow : words.tabIndentsNow);
      },
    },
    {
      id: 'settings.suggestions',
      title: words.toggleSuggestions,
      group: 'edit',
      run: () => {
        suggestionsOn.value = !suggestionsOn.peek();
      },
    },
    {
      id: 'settings.list',
      title: words.toggleList,
      group: 'edit',
      run: () => setListWhileTyping(!listWhileTyping.peek()),
    },
    ...themes.map((one): Command => ({
      id: `settings.theme-${one}`,
      title: words.useTheme(messages.room.themes[one]),
      group: 'view',
      enabled: () => theme.peek() !== one,
      run: () => {
        theme.value = one;
      },
    })),
    ...keymaps.map((one): Command => ({
      id: `settings.keys-${one}`,
      title: words.useKeys(words.keymaps[one]),
      group: 'edit',
      enabled: () => keymapName.peek() !== one,
      run: () => {
        keymapName.value = one;
      },
    })),
  ];
}
