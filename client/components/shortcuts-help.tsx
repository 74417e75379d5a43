/** All keys that do something, by group: what the commands say of themselves. */
import { keyLabel } from '../commands/keys.js';
import { closeOverlay } from '../commands/overlay.js';
import { commandGroups, commands, type Command } from '../commands/registry.js';
import { messages } from '../messages.js';
import { Icon } from './icon.js';
import { closeOnBackdrop, useModal } from './use-modal.js';

function KeysOf({ command }: { command: Command }) {
  return (
    <div class="shortcut">
      <dt>{command.title}</dt>
      <dd>
        {command.keys?.map((key, index) => (
          <span key={key}>
            {index > 0 && messages.commands.or}
            <kbd>{keyLabel(key)}</kbd>
          </span>
        ))}
      </dd>
    </div>
  );
}

export default function ShortcutsHelp() {
  const dialog = useModal(() => closeOverlay('shortcuts'));
  const withKeys = commands.value.filter((one) => one.keys !== undefined && one.keys.length > 0);
  return (
    <dialog
      class="dialog shortcuts"
      ref={dialog}
      aria-labelledby="shortcuts-title"
      data-testid="shortcuts-help"
      onClick={closeOnBackdrop}
    >
      <header class="layer-header">
        <h2 id="shortcuts-title">{messages.commands.shortcuts}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={messages.commands.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="shortcuts-groups">
        {commandGroups
          .filter((group) => withKeys.some((one) => one.group === group))
          .map((group) => (
            <section key={group}>
              <h3>{messages.commands.groups[group]}</h3>
              <dl>
                {withKeys
                  .filter((one) => one.group === group)
                  .map((one) => (
                    <KeysOf key={one.id} command={one} />
                  ))}
              </dl>
            </section>
          ))}
      </div>
      <p class="hint">{messages.commands.tabHint}</p>
    </dialog>
  );
}
