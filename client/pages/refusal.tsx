/** The page in place of a room that cannot be had: why, what is left of it in this browser, and the ways on. */
import { CloseCode } from '../../server/contract/wire.js';
import { Icon } from '../components/icon.js';
import { messages } from '../messages.js';
import { dayText } from '../support/dom.js';

type Way = 'ask' | 'again' | 'fork' | 'reopen';

interface Refusal {
  readonly title: string;
  readonly text: string;
  readonly ways: readonly Way[];
  /** The code and the server's words help whoever runs it. */
  readonly showReason: boolean;
}

/** What a close code that ends the connection for good means to a person. */
export function refusalOf(code: number): Refusal {
  const { refusal } = messages;
  switch (code) {
    case CloseCode.NoSuchRoom:
      return { ...refusal.missing, ways: ['again'], showReason: false };
    case CloseCode.RoomGone:
      return { ...refusal.gone, ways: ['fork'], showReason: false };
    case CloseCode.SignIn:
    case CloseCode.NoAccess:
      return { ...refusal.noAccess, ways: ['ask'], showReason: false };
    case CloseCode.RoomFull:
      return { ...refusal.full, ways: ['again'], showReason: false };
    case CloseCode.EpochChanged:
      return { ...refusal.epoch, ways: ['reopen', 'fork'], showReason: false };
    case CloseCode.BadFrame:
      return { ...refusal.badFrame, ways: ['again'], showReason: true };
    default:
      return { ...refusal.other, ways: ['again'], showReason: true };
  }
}

export interface RefusalPageProps {
  readonly code: number;
  readonly reason: string;
  /** When the room was closed, ms since the epoch; null when that is not known. */
  readonly closedAt: number | null;
  /** There is text in this browser's copy. */
  readonly hasCopy: boolean;
  readonly onAgain: () => void;
  readonly onDownload: () => void;
  readonly onFork: () => void;
  /** Drops the browser's copy and opens the room as the server has it. */
  readonly onReopen: () => void;
  readonly onNewRoom: () => void;
}

export function RefusalPage(props: RefusalPageProps) {
  const { title, text, ways, showReason } = refusalOf(props.code);
  const { actions } = messages;
  return (
    <main class="refusal" data-testid="refusal">
      <a class="brand" href="/">
        <Icon name="brand" />
        {messages.product}
      </a>
      <h1>
        {props.code === CloseCode.RoomGone && props.closedAt !== null
          ? messages.refusal.goneOn(dayText(props.closedAt))
          : title}
      </h1>
      <p>{text}</p>
      {showReason && <p class="hint">{messages.refusal.reason(props.code, props.reason)}</p>}
      <div class="refusal-actions">
        {ways.includes('ask') && (
          <button type="button" class="button primary" data-testid="ask-again" onClick={props.onAgain}>
            {actions.askAgain}
          </button>
        )}
        {ways.includes('again') && (
          <button type="button" class="button primary" data-testid="try-again" onClick={props.onAgain}>
            {actions.tryAgain}
          </button>
        )}
        {ways.includes('reopen') && (
          <button type="button" class="button primary" onClick={props.onReopen}>
            {actions.openAgain}
          </button>
        )}
        {props.hasCopy && (
          <button type="button" class="button" data-testid="download-copy" onClick={props.onDownload}>
            {actions.download}
          </button>
        )}
        {props.hasCopy && ways.includes('fork') && (
          <button type="button" class="button" data-testid="fork-copy" onClick={props.onFork}>
            {actions.newRoomFromCopy}
          </button>
        )}
        <button type="button" class="button" data-testid="to-start" onClick={props.onNewRoom}>
          {actions.newRoom}
        </button>
      </div>
    </main>
  );
}
