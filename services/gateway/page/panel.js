import { h, patchChildren } from './dom.js';

/** The panel that says what a figure rests on. One dialog; the browser returns the focus to the figure when it closes. */
export function createPanel(dialog) {
  let shown = null;

  dialog.addEventListener('click', (event) => {
    if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
    const copy = event.target.closest('[data-copy]');
    if (copy) copyCommand(copy);
  });
  dialog.addEventListener('close', () => {
    shown = null;
  });

  async function copyCommand(button) {
    try {
      await navigator.clipboard.writeText(shown.explain.command);
      button.textContent = shown.t.panel.copied;
    } catch {
      // Not allowed here: the command is selected instead, so that it can be copied by hand.
      getSelection().selectAllChildren(dialog.querySelector('code.command'));
    }
  }

  return {
    /** @param {{ label: string, value: string, explain: { figureId: string, command: string, url: string | null } }} figure */
    open({ label, value, explain }, t) {
      shown = { explain, t };
      const { panel } = t;
      patchChildren(dialog, [
        h(
          'div',
          { class: 'panel-head' },
          h('h2', { id: 'panel-title' }, panel.title),
          h('button', { type: 'button', class: 'button', 'data-close': true }, panel.close),
        ),
        h('p', { class: 'panel-label' }, label),
        h('p', { class: 'panel-value number' }, value),
        h(
          'dl',
          { class: 'panel-list' },
          h('dt', {}, panel.id),
          h('dd', {}, h('code', { class: 'figure-id' }, explain.figureId)),
          h('dt', {}, panel.command),
          h('dd', {}, h('code', { class: 'command', tabindex: 0 }, explain.command)),
        ),
        h(
          'div',
          { class: 'panel-actions' },
          h('button', { type: 'button', class: 'button button-main', 'data-copy': true }, panel.copy),
          explain.url && h('a', { class: 'button', href: explain.url.replace(/^\//, '') }, panel.link),
        ),
      ]);
      if (!dialog.open) dialog.showModal();
    },
    close: () => dialog.close(),
  };
}
