import type { FirmYear } from '../../services/measurement/domain/firmYear.ts';

/** Documents of firms that report nine kinds a month, as large as real ones: one year's document, for many firms. */
export function* fullYears(template: FirmYear, firms: number): Generator<FirmYear> {
  for (let index = 0; index < firms; index++) {
    const firm = `F${String(index).padStart(17, '0')}`;
    yield { ...template, _id: `${firm}/${template.year}`, firm };
  }
}
