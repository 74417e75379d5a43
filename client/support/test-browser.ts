/** What jsdom lacks and components ask of a browser, for tests: dialogs, popovers, widths, scrolling. Each is as small as its users allow. */
import { TextEncoder } from 'node:util';

const opened = new WeakSet<Element>();

function toggle(element: HTMLElement, open: boolean): void {
  if (opened.has(element) === open) return;
  if (open) opened.add(element);
  else opened.delete(element);
  element.toggleAttribute('data-open', open);
  const event = new Event('toggle');
  element.dispatchEvent(Object.assign(event, { newState: open ? 'open' : 'closed' }));
}

/** Puts all of it in place, once for a test file. */
export function installBrowser(): void {
  Element.prototype.scrollIntoView = () => undefined;
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.setAttribute('open', '');
    },
    close(this: HTMLDialogElement) {
      this.removeAttribute('open');
      this.dispatchEvent(new Event('close'));
    },
  });
  Object.assign(HTMLElement.prototype, {
    showPopover(this: HTMLElement) {
      toggle(this, true);
    },
    hidePopover(this: HTMLElement) {
      toggle(this, false);
    },
  });
  Object.assign(globalThis, {
    TextEncoder,
    CSS: { escape: (text: string) => text.replace(/["\\]/g, '\\$&') },
  });
}

/** The visible part of a phone's screen, which a keyboard makes smaller. */
export class FakeViewport extends EventTarget {
  width = 390;
  height = 844;
  offsetTop = 0;
  scale = 1;

  resize(height: number): void {
    this.height = height;
    this.dispatchEvent(new Event('resize'));
  }
}
