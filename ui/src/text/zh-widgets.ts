// Chinese: words that belong to the widgets, and units.

export const zhWidgets = {
  'app.name': '装表通',
  'bar.back': '返回',
  'banner.close': '知道了',
  'search.wipe': '清空搜索',
  'busy.loading': '正在打开…',

  'delivery.saved_here': '存于本机',
  'delivery.on_its_way': '传送中',
  'delivery.in_office': '已到局',
  'delivery.accepted': '营销已收',
  'delivery.open': '查看传送情况',
  'delivery.nothing': '没有待传',
  'delivery.attention': '{n} 项要处理',
  'delivery.offline': '离线',

  'step.done': '已完成',
  'step.now': '现在做这一步',
  'step.todo': '未做',

  'number.pad': '数字键盘',
  'number.point': '小数点',
  'number.wipe': '清空',
  'number.back': '删除一位',

  'question.reason': '原因（随记录留存，班长能看到）',
  'question.reason_first': '先写原因',
  'question.reason_kept': '原因：{reason}',
  'question.confirm': '确认：{answer}',
  'question.reopen': '重新回答',

  'camera.picture': '摄像头画面',
  'camera.starting': '正在打开摄像头…',
  'camera.denied': '没有使用摄像头的许可。请在系统设置里允许，或改用图片、手输。',
  'camera.absent': '这台设备没有可用的摄像头。请改用图片或手输。',
  'camera.failed': '摄像头打不开，可能被别的程序占用。请重试，或改用图片、手输。',
  'camera.again': '再试一次',
  'camera.torch_on': '开灯',
  'camera.torch_off': '关灯',

  'capture.way': '怎样录入',
  'capture.camera': '对准扫描',
  'capture.image': '从图片读',
  'capture.typed': '手输两遍',
  'capture.image_hint': '选一张标签清楚、光线均匀的照片。照片与编号一同留存。',
  'capture.choose': '选择图片',
  'capture.looking': '正在识别…',
  'capture.aim': '把条码或二维码放进框内',

  'typed.first': '第一遍',
  'typed.second': '第二遍',
  'typed.count': '位数：{a} / {b}',
  'typed.differs': '两遍不一样',
  'typed.differs_do': '已保留两遍输入。请对照标签逐段核对后改正。',
  'typed.second_first': '请再输一遍',
  'typed.submit': '用这个编号',

  'photo.take': '拍照',
  'photo.choose': '选择图片或系统相机',
  'photo.saving': '正在保存照片…',

  'sign.pad': '签名区',
} as const;
