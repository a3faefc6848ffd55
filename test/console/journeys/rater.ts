import { expect, test } from 'vitest';
import { dateOf } from '../../../schemas/time.ts';
import { choose, focusOf, type, typeDay, use } from '../keyboard.ts';
import { OUTSIDE, picture, seriousFaults } from '../page.ts';
import { documentOf, stageOf, supplier, visit } from '../world.ts';

/** A rater with a keyboard alone: the diagnosis of the firm that was nominated. */
export function diagnosisJourney(): void {
  test('a rater hands in a diagnosis by keyboard; ingest takes it and the step is done', async () => {
    const { page, complaints, close } = await visit('rater', '/?lang=en');
    await use(page.getByRole('link', { name: 'First supplier' }));
    await page.getByRole('heading', { name: 'First supplier' }).waitFor();
    await typeDay(page.getByLabel('Day of the diagnosis'), dateOf(new Date()));
    await type(page.getByLabel('Score (of 100)'), '31.5');
    await choose(page.getByLabel('Level found'), 'L1');
    await picture(page, 'rater-diagnosis-1440');
    await use(page.getByRole('button', { name: 'Hand in the diagnosis' }), 'Space');
    await page.getByRole('button', { name: 'Hand in the diagnosis' }).waitFor({ state: 'detached' });
    // The form is gone; whoever used it stands where it was, not at the top of nothing.
    await expect.poll(() => focusOf(page)).toMatchObject({ fault: null });
    expect(await stageOf(supplier)).toBe('PLAN_FILED');
    const done = (await documentOf(supplier))?.steps.find(({ step }) => step === 'DIAGNOSED');
    expect(done).toMatchObject({ state: 'DONE', attempts: [{ actor: '/rater/cesi', outcome: 'done' }] });
    expect(await page.evaluate(OUTSIDE)).toEqual([]);
    expect(await seriousFaults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });
}
