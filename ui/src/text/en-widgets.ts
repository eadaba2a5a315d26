// English: words that belong to the widgets, and units.
import type { zhWidgets } from './zh-widgets';

export const enWidgets: Record<keyof typeof zhWidgets, string> = {
  'app.name': 'MeterCrew',
  'bar.back': 'Back',
  'banner.close': 'Got it',
  'search.wipe': 'Clear search',
  'busy.loading': 'Opening…',

  'delivery.saved_here': 'saved here',
  'delivery.on_its_way': 'on its way',
  'delivery.in_office': 'in the office',
  'delivery.accepted': 'accepted',
  'delivery.open': 'See what is sent and what waits',
  'delivery.nothing': 'Nothing to send',
  'delivery.attention': '{n} need you',
  'delivery.offline': 'offline',

  'step.done': 'Done',
  'step.now': 'Do this step now',
  'step.todo': 'To do',

  'number.pad': 'Number pad',
  'number.point': 'Decimal point',
  'number.wipe': 'Clear',
  'number.back': 'Delete one digit',

  'question.reason': 'Reason (kept with the record, your supervisor sees it)',
  'question.reason_first': 'Write a reason first',
  'question.reason_kept': 'Reason: {reason}',
  'question.confirm': 'Confirm: {answer}',
  'question.reopen': 'Answer again',

  'camera.picture': 'Camera picture',
  'camera.starting': 'Opening the camera…',
  'camera.denied': 'The app may not use the camera. Allow it in the system settings, or use a picture or type.',
  'camera.absent': 'This device has no camera to use. Use a picture or type.',
  'camera.failed': 'The camera did not open; another program may hold it. Try again, or use a picture or type.',
  'camera.again': 'Try again',
  'camera.torch_on': 'Light on',
  'camera.torch_off': 'Light off',

  'capture.way': 'How to enter it',
  'capture.camera': 'Scan',
  'capture.image': 'From a picture',
  'capture.typed': 'Type twice',
  'capture.image_hint': 'Choose a picture with a sharp, evenly lit label. It is kept with the number.',
  'capture.choose': 'Choose a picture',
  'capture.looking': 'Looking for a code…',
  'capture.aim': 'Hold the barcode or QR code inside the frame',

  'typed.first': 'first time',
  'typed.second': 'second time',
  'typed.count': 'Digits: {a} / {b}',
  'typed.differs': 'The two entries differ',
  'typed.differs_do': 'Both are kept. Compare them with the label piece by piece and correct.',
  'typed.second_first': 'Type it a second time',
  'typed.submit': 'Use this number',

  'photo.take': 'Take photo',
  'photo.choose': 'Choose a picture or the system camera',
  'photo.saving': 'Saving the photo…',

  'sign.pad': 'Signature area',
};
