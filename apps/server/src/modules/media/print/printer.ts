// Print management as SCU (PS3.4 annex H): printer N-GET, presentation LUT, film session, film boxes, image boxes, print.
// Basic Grayscale, and Basic Color where pictures have colour and the printer takes it. Pixels are P-Values: the printer
// is told so by the presentation LUT shape IDENTITY where it knows presentation LUTs.
import {
  createDataset,
  type Dataset,
  type DicomJson,
  encodeDataset,
  itemsOf,
  newUid,
  setValue,
  textOf,
} from '@yunying/dicom';
import {
  type Association,
  commandField,
  DimseError,
  type PresentationContext,
  type RequestFields,
  status,
  statusCategory,
  statusName,
} from '@yunying/dimse';
import type { Context } from '../../../context.ts';
import { readJson } from '../../../dimse/dataset-json.ts';
import { AppError } from '../../../errors.ts';
import { connectToNode, type NodeRow } from '../../nodes/index.ts';

export const printClasses = {
  grayscale: '1.2.840.10008.5.1.1.9',
  color: '1.2.840.10008.5.1.1.18',
  presentationLut: '1.2.840.10008.5.1.1.23',
} as const;
export const printParts = {
  session: '1.2.840.10008.5.1.1.1',
  film: '1.2.840.10008.5.1.1.2',
  grayscaleImage: '1.2.840.10008.5.1.1.4',
  colorImage: '1.2.840.10008.5.1.1.4.1',
  printer: '1.2.840.10008.5.1.1.16',
  printerInstance: '1.2.840.10008.5.1.1.17',
} as const;

const plainSyntaxes = ['1.2.840.10008.1.2.1', '1.2.840.10008.1.2'];
const printAction = 1;
/** Requested Image Size was not, or could not be, kept to (PS3.4 tables H.4-9, H.4-10, PS3.7 annex C). */
const sizeWarnings: ReadonlySet<number> = new Set([0x0107, 0x0116, 0xb604, 0xb609, 0xb60a]);

export type FilmPicture = {
  /** 8 bits a sample: one sample a pixel, or three planes one after the other. */
  pixels: Uint8Array;
  columns: number;
  rows: number;
  isColor: boolean;
  /** Width on the film in millimetres; null: as the place allows. */
  widthMm: number | null;
};
export type FilmForm = {
  columns: number;
  rows: number;
  filmSize: string;
  orientation: 'PORTRAIT' | 'LANDSCAPE';
  medium: string;
  copies: number;
};

type Answer = { status: number; json: DicomJson; instance: string };

export class Printer {
  readonly #association: Association;
  readonly #context: PresentationContext;
  readonly #lutContext: PresentationContext | null;
  readonly takesColor: boolean;
  #lut: string | null = null;
  #session: string | null = null;
  #form: FilmForm | null = null;

  constructor(association: Association, wantsColor: boolean) {
    const color = wantsColor ? association.findContext(printClasses.color) : undefined;
    const context = color ?? association.findContext(printClasses.grayscale);
    if (context === undefined) throw new AppError('printing.not_offered');
    this.#association = association;
    this.#context = context;
    this.takesColor = color !== undefined;
    this.#lutContext = this.takesColor
      ? null
      : (association.findContext(printClasses.presentationLut) ?? null);
  }

  /** Throws printing.out_of_order with what the printer says of itself (PS3.3 C.13.9). */
  async requireReady(): Promise<void> {
    const { json } = await this.#ask({
      commandField: commandField.nGetRq,
      requestedSopClassUid: printParts.printer,
      requestedSopInstanceUid: printParts.printerInstance,
      attributeIdentifierList: [0x21100010, 0x21100020],
    });
    if (textOf(json, '21100010') === 'FAILURE')
      throw new AppError('printing.out_of_order', { reason: textOf(json, '21100020') ?? 'FAILURE' });
  }

  async openSession(form: FilmForm): Promise<void> {
    this.#form = form;
    if (this.#lutContext !== null) {
      const lut = createDataset();
      setValue(lut, 'PresentationLUTShape', 'IDENTITY');
      this.#lut = (await this.#create(printClasses.presentationLut, lut, this.#lutContext)).instance;
    }
    const session = createDataset();
    setValue(session, 'NumberOfCopies', String(form.copies));
    setValue(session, 'PrintPriority', 'MED');
    setValue(session, 'MediumType', form.medium);
    setValue(session, 'FilmDestination', 'PROCESSOR');
    this.#session = (await this.#create(printParts.session, session)).instance;
  }

  /** One sheet; `onPrint` is awaited just before the printer is told to print: from then on it may come out. */
  async printSheet(pictures: readonly FilmPicture[], onPrint: () => Promise<void>): Promise<void> {
    const form = this.#form;
    if (form === null || this.#session === null) throw new DimseError('invalid-argument', 'no film session');
    const film = createDataset();
    setValue(film, 'ImageDisplayFormat', `STANDARD\\${form.columns},${form.rows}`);
    setValue(film, 'FilmOrientation', form.orientation);
    setValue(film, 'FilmSizeID', form.filmSize);
    setValue(film, 'MagnificationType', 'CUBIC');
    setValue(film, 'BorderDensity', 'BLACK');
    setValue(film, 'EmptyImageDensity', 'BLACK');
    setValue(film, 'Trim', 'NO');
    setValue(film, 'ReferencedFilmSessionSequence', reference(printParts.session, this.#session));
    if (this.#lut !== null)
      setValue(film, 'ReferencedPresentationLUTSequence', reference(printClasses.presentationLut, this.#lut));
    const made = await this.#create(printParts.film, film);
    const boxes = itemsOf(made.json, '20100510').map((item) => textOf(item, '00081155') ?? '');
    if (boxes.length < pictures.length || boxes.includes(''))
      throw new AppError('printing.refused', { reason: `${boxes.length} image boxes in the film box` });
    for (const [index, picture] of pictures.entries())
      await this.#setImage(boxes[index] ?? '', index + 1, picture);
    await onPrint();
    await this.#ask({
      commandField: commandField.nActionRq,
      requestedSopClassUid: printParts.film,
      requestedSopInstanceUid: made.instance,
      actionTypeId: printAction,
    });
    await this.#delete(printParts.film, made.instance);
  }

  async close(): Promise<void> {
    if (this.#session !== null) await this.#delete(printParts.session, this.#session);
    await this.#association.release().catch(() => undefined);
  }

  async #setImage(box: string, position: number, picture: FilmPicture): Promise<void> {
    const set = createDataset();
    setValue(set, 'ImageBoxPosition', position);
    setValue(set, 'Polarity', 'NORMAL');
    if (picture.widthMm !== null) {
      setValue(set, 'RequestedImageSize', picture.widthMm.toFixed(2));
      setValue(set, 'RequestedDecimateCropBehavior', 'FAIL');
    }
    const image = imageItem(picture, this.takesColor);
    setValue(set, this.takesColor ? 'BasicColorImageSequence' : 'BasicGrayscaleImageSequence', [image]);
    const answer = await this.#ask(
      {
        commandField: commandField.nSetRq,
        requestedSopClassUid: this.takesColor ? printParts.colorImage : printParts.grayscaleImage,
        requestedSopInstanceUid: box,
      },
      set,
    );
    // What is printed says that it is 1:1: rather nothing than that.
    if (picture.widthMm !== null && sizeWarnings.has(answer.status))
      throw new AppError('printing.impossible_size', { reason: sayStatus(answer.status) });
  }

  async #create(sopClass: string, dataset: Dataset, context = this.#context): Promise<Answer> {
    const instance = newUid();
    const fields = {
      commandField: commandField.nCreateRq,
      affectedSopClassUid: sopClass,
      affectedSopInstanceUid: instance,
    };
    const answer = await this.#ask(fields, dataset, context);
    return { ...answer, instance: answer.instance === '' ? instance : answer.instance };
  }

  /** Tidying: the sheet is printed whatever the printer says to it. */
  async #delete(sopClass: string, instance: string): Promise<void> {
    const fields = {
      commandField: commandField.nDeleteRq,
      requestedSopClassUid: sopClass,
      requestedSopInstanceUid: instance,
    };
    await this.#ask(fields).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }

  async #ask(fields: RequestFields, dataset?: Dataset, context = this.#context): Promise<Answer> {
    const body = dataset === undefined ? {} : { dataset: encodeDataset(dataset, context.transferSyntax) };
    for await (const response of this.#association.request(context.id, fields, body)) {
      const isTaken = response.status === status.success || statusCategory(response.status) === 'warning';
      if (!isTaken) {
        const said = response.command.errorComment ?? '';
        throw new AppError('printing.refused', {
          reason: said === '' ? sayStatus(response.status) : `${sayStatus(response.status)}: ${said}`,
        });
      }
      const json =
        response.dataset === null ? {} : (await readJson(response.dataset, context.transferSyntax)).json;
      return { status: response.status, json, instance: response.command.affectedSopInstanceUid ?? '' };
    }
    throw new DimseError('closed', 'the association ended before the printer answered');
  }
}

/** Open until `close`; aborted when `signal` is. What the printer reports of its own accord is acknowledged. */
export async function openPrinter(
  ctx: Pick<Context, 'config' | 'db'>,
  node: NodeRow,
  wantsColor: boolean,
  signal: AbortSignal,
): Promise<{ printer: Printer; abort(): void }> {
  const classes = [
    printClasses.grayscale,
    ...(wantsColor ? [printClasses.color] : []),
    printClasses.presentationLut,
  ];
  const contexts = classes.map((abstractSyntax) => ({ abstractSyntax, transferSyntaxes: plainSyntaxes }));
  const association = await connectToNode(ctx, node, contexts, {
    signal,
    services: { [commandField.nEventReportRq]: (exchange) => exchange.respond({ status: status.success }) },
  });
  const abort = () => {
    if (!association.signal.aborted) association.abort('printing ended');
  };
  try {
    return { printer: new Printer(association, wantsColor), abort };
  } catch (error) {
    abort();
    throw error;
  }
}

function reference(sopClass: string, instance: string): Dataset[] {
  const item = createDataset();
  setValue(item, 'ReferencedSOPClassUID', sopClass);
  setValue(item, 'ReferencedSOPInstanceUID', instance);
  return [item];
}

/** PS3.3 C.13.5: eight bits, grey or RGB by plane, square pixels. */
function imageItem({ pixels, columns, rows, isColor }: FilmPicture, asColor: boolean): Dataset {
  const item = createDataset();
  setValue(item, 'SamplesPerPixel', asColor ? 3 : 1);
  setValue(item, 'PhotometricInterpretation', asColor ? 'RGB' : 'MONOCHROME2');
  if (asColor) setValue(item, 'PlanarConfiguration', 1);
  setValue(item, 'Rows', rows);
  setValue(item, 'Columns', columns);
  setValue(item, 'PixelAspectRatio', ['1', '1']);
  setValue(item, 'BitsAllocated', 8);
  setValue(item, 'BitsStored', 8);
  setValue(item, 'HighBit', 7);
  setValue(item, 'PixelRepresentation', 0);
  setValue(item, 'PixelData', asColor && !isColor ? Buffer.concat([pixels, pixels, pixels]) : pixels, 'OW');
  return item;
}

const printNames: ReadonlyMap<number, string> = new Map([
  [0xc600, 'film session contains no film boxes'],
  [0xc601, 'unable to create print job, the print queue is full'],
  [0xc602, 'unable to create print job, the print queue is full'],
  [0xc603, 'image size is larger than the image box'],
  [0xc605, 'insufficient memory in the printer for the image'],
  [0xc613, 'combined print image size is larger than the image box'],
  [0xc616, 'a film box exists that has not been printed'],
]);

function sayStatus(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')} ${printNames.get(code) ?? statusName(code)}`;
}
