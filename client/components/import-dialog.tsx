/** Asks before an import changes files that are there, and says what cannot come in and why. */
import type { Left } from '../files/gathered.js';
import type { ImportPlan } from '../files/import-plan.js';
import { messages } from '../messages.js';
import { useModal } from './use-modal.js';

/** More lines are counted, not shown. */
const MAX_LINES = 8;

export interface ImportDialogProps {
  readonly plan: ImportPlan;
  readonly onChoose: (choice: 'replace' | 'both') => void;
  readonly onClose: () => void;
}

function reasonText({ reason }: Left): string {
  const words = messages.import;
  if (typeof reason === 'object')
    return words.reasons.full(words.bytes(reason.needed), words.bytes(reason.free));
  return reason in words.reasons
    ? words.reasons[reason as Exclude<keyof typeof words.reasons, 'full'>]
    : messages.files.faults[reason as keyof typeof messages.files.faults];
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul class="import-list">
      {lines.slice(0, MAX_LINES).map((line) => (
        <li key={line}>{line}</li>
      ))}
      {lines.length > MAX_LINES && <li>{messages.import.and(lines.length - MAX_LINES)}</li>}
    </ul>
  );
}

export function ImportDialog({ plan, onChoose, onClose }: ImportDialogProps) {
  const words = messages.import;
  const dialog = useModal(onClose);
  const { fresh, conflicts, left } = plan;
  const choose = (choice: 'replace' | 'both'): void => {
    onChoose(choice);
    dialog.current?.close();
  };
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="import-title" data-testid="import-dialog">
      <h2 id="import-title">{words.title}</h2>
      {conflicts.length > 0 && (
        <>
          <p>{words.conflicts(conflicts.length)}</p>
          <Lines lines={conflicts.map((file) => file.path)} />
        </>
      )}
      {left.length > 0 && (
        <>
          <p>{words.left}</p>
          <Lines lines={left.map((one) => messages.files.refused(one.path, reasonText(one)))} />
        </>
      )}
      <div class="dialog-actions">
        <button
          type="button"
          class="button"
          data-testid="import-cancel"
          onClick={() => dialog.current?.close()}
        >
          {words.cancel}
        </button>
        {conflicts.length > 0 ? (
          <>
            <button type="button" class="button" data-testid="import-both" onClick={() => choose('both')}>
              {words.keepBoth}
            </button>
            <button
              type="button"
              class="button primary"
              data-testid="import-replace"
              onClick={() => choose('replace')}
            >
              {words.replace}
            </button>
          </>
        ) : (
          fresh.length > 0 && (
            <button
              type="button"
              class="button primary"
              data-testid="import-rest"
              onClick={() => choose('both')}
            >
              {words.importRest(fresh.length)}
            </button>
          )
        )}
      </div>
    </dialog>
  );
}

export default ImportDialog;
