/** Share: one click copies, and shows the link and its QR code for those whose browser refuses, who read it out, or who hold up a phone. */
import type { FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { messages } from '../messages.js';
import { copyText } from '../support/dom.js';
import { CoachMark } from './coach-mark.js';
import { Icon } from './icon.js';

/** Fetched when the popover is first opened. */
function useQrCode(wanted: boolean): FunctionComponent<{ text: string }> | null {
  const [loaded, setLoaded] = useState<{ QrCode: FunctionComponent<{ text: string }> } | null>(null);
  useEffect(() => {
    if (!wanted || loaded !== null) return;
    // Without it the link is still there.
    import('./qr-code.js').then(
      ({ QrCode }) => setLoaded({ QrCode }),
      () => undefined,
    );
  }, [wanted, loaded]);
  return loaded?.QrCode ?? null;
}

export interface ShareProps {
  readonly link: string;
  /** Whoever is here alone and new is told what this button is for. */
  readonly coach: boolean;
  /** The person knows now: used it, or (`used` false) waved the word away. */
  readonly onKnown: (used: boolean) => void;
}

export function Share({ link, coach, onKnown }: ShareProps) {
  const popover = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState('');
  const [open, setOpen] = useState(false);
  const QrCode = useQrCode(open);

  const copy = async (): Promise<void> => {
    onKnown(true);
    popover.current?.showPopover();
    const copied = await copyText(link);
    setOutcome(copied ? messages.notices.linkCopied : messages.notices.copyFailed);
    field.current?.focus();
    // Selecting scrolls to the end; people know a link by its beginning.
    if (field.current !== null) field.current.scrollLeft = 0;
  };

  return (
    <div class="share">
      <button
        type="button"
        class="button primary share-button"
        title={messages.room.shareTitle}
        data-testid="copy-link"
        onClick={() => void copy()}
      >
        <Icon name="link" />
        <span class="wide-only">{messages.room.share}</span>
        <span class="visually-hidden narrow-label">{messages.room.share}</span>
      </button>
      {/* There before the words are, so that they are read out. */}
      <div role="status">
        {coach && (
          <CoachMark
            text={messages.notices.invite}
            action={messages.room.copyLink}
            onAct={() => void copy()}
            onDismiss={() => onKnown(false)}
          />
        )}
      </div>
      <div
        class="popover share-popover"
        popover="auto"
        ref={popover}
        onToggle={(event) => {
          setOutcome('');
          setOpen(event.newState === 'open');
        }}
      >
        <div class="field">
          <label for="room-link">{messages.room.linkLabel}</label>
          <input
            id="room-link"
            class="input"
            data-testid="room-link"
            readOnly
            value={link}
            ref={field}
            // Backward, so that a long link shows its beginning.
            onFocus={({ currentTarget: input }) => input.setSelectionRange(0, input.value.length, 'backward')}
          />
          <p class="hint">{messages.room.shareHint}</p>
          <p class="outcome" role="status" data-testid="copy-outcome">
            {outcome !== '' && <Icon name={outcome === messages.notices.linkCopied ? 'check' : 'warning'} />}
            {outcome}
          </p>
        </div>
        <div class="qr">{QrCode !== null && <QrCode text={link} />}</div>
      </div>
    </div>
  );
}
