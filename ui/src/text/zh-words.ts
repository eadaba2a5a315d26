// Chinese: the words of the trade, the same on the tablet and at the supervisor's desk.
import type { TokenClass } from '../format/token';
import type { AssetKind } from '../host/bindings/AssetKind';
import type { Anomaly } from '../host/bindings/Anomaly';
import type { Answered } from '../host/bindings/Answered';
import type { CardKind } from '../host/bindings/CardKind';
import type { CardOutcome } from '../host/bindings/CardOutcome';
import type { Check } from '../host/bindings/Check';
import type { CreditSource } from '../host/bindings/CreditSource';
import type { FormField } from '../host/bindings/FormField';
import type { ItemRefusal } from '../host/bindings/ItemRefusal';
import type { MeterItem } from '../host/bindings/MeterItem';
import type { MeterProtocol } from '../host/bindings/MeterProtocol';
import type { NotWritten } from '../host/bindings/NotWritten';
import type { OrderEvent } from '../host/bindings/OrderEvent';
import type { OrderKind } from '../host/bindings/OrderKind';
import type { OrderState } from '../host/bindings/OrderState';
import type { Purpose } from '../host/bindings/Purpose';
import type { ReadingSource } from '../host/bindings/ReadingSource';
import type { Register } from '../host/bindings/Register';
import type { ReplaceReason } from '../host/bindings/ReplaceReason';
import type { ScanSource } from '../host/bindings/ScanSource';
import type { Slot } from '../host/bindings/Slot';
import type { Wiring } from '../host/bindings/Wiring';

/** Every code of the domain that has a word: a code without one does not compile. */
type Code =
  | `kind.${OrderKind | `replace_${ReplaceReason}`}`
  | `state.${OrderState['state']}`
  | `wiring.${Wiring}`
  | `asset_kind.${AssetKind}`
  | `register.${Register}`
  | `slot.${Slot}`
  | `source.${ScanSource | ReadingSource}`
  | `answered.${Answered}`
  | `purpose.${Purpose}`
  | `form.${FormField}`
  | `anomaly.${Check | Exclude<Anomaly['anomaly'], 'overruled'>}`
  | `event.${OrderEvent['event']}`
  | `item.${MeterItem}`
  | `protocol.${MeterProtocol}`
  | `item_refusal.${ItemRefusal}`
  | `card_kind.${CardKind}`
  | `card_act.${CardKind}`
  | `credit_source.${CreditSource}`
  | `outcome.${CardOutcome['outcome']}`
  | `not_written.${NotWritten}`
  | `token_class.${TokenClass}`;

export const zhWords = {
  // kinds and states of orders
  'kind.install': '新装',
  'kind.replace': '换表',
  'kind.replace_fault': '故障换表',
  'kind.replace_rotation': '轮换',
  'kind.remove': '拆表',
  'kind.attach_terminal': '采集终端挂接',
  'kind.replace_terminal': '采集终端更换',
  'kind.detach_terminal': '采集终端解除',
  'kind.card': '写卡',
  'state.assigned': '已派工',
  'state.started': '作业中',
  'state.completed': '已完成',
  'state.could_not_do': '无法完成',
  'state.returned': '已退回',
  'state.approved': '已通过',
  'state.recalled': '已撤销',

  // meters, terminals, seals
  'wiring.single_phase': '单相',
  'wiring.three_phase_three_wire': '三相三线',
  'wiring.three_phase_four_wire': '三相四线',
  'meter.prepaid': '预付费',
  'meter.postpaid': '后付费',
  'asset_kind.meter': '电能表',
  'asset_kind.terminal': '采集终端',
  'asset_kind.module': '通讯模块',
  'asset_kind.box': '周转箱',
  'asset_kind.other': '其他设备',
  'register.forward_total': '正向总',
  'register.forward_t1': '尖',
  'register.forward_t2': '峰',
  'register.forward_t3': '平',
  'register.forward_t4': '谷',
  'register.reverse_total': '反向总',
  'register.money_left': '剩余金额',
  'slot.old_meter': '旧表',
  'slot.new_meter': '新表',
  'slot.old_terminal': '旧终端',
  'slot.new_terminal': '新终端',
  'source.camera': '摄像头扫描',
  'source.image_file': '图片识别',
  'source.hardware_scanner': '扫描枪',
  'source.typed_twice': '手输两遍',
  'source.typed': '手工',
  'source.infrared': '红外',
  'source.photo': '照片',
  'seal_place.cover': '表盖',
  'seal_place.terminals': '端子盖',
  'seal_place.box': '表箱',
  'answered.yes': '已应答',
  'answered.no': '未应答',
  'answered.not_tried': '未测试',

  // photos
  'purpose.site': '现场照片',
  'purpose.nameplate': '铭牌照片',
  'purpose.reading': '示数照片',
  'purpose.seal': '封印照片',
  'purpose.wiring': '接线照片',
  'purpose.fault': '异常照片',
  'purpose.terminal': '终端照片',
  'hint.too_dark': '照片太暗',
  'hint.blurred': '照片模糊',
  'hint.glare': '照片反光',
  'hint.too_small': '照片太小',
  'hint.other': '照片有提示：{hint}',

  // the customer's form
  'form.order_no': '工单号',
  'form.kind': '作业',
  'form.account_no': '户号',
  'form.customer': '户名',
  'form.address': '用电地址',
  'form.old_meter': '旧表资产编号',
  'form.old_reading': '旧表示数',
  'form.new_meter': '新表资产编号',
  'form.new_reading': '新表示数',
  'form.old_terminal': '旧终端资产编号',
  'form.new_terminal': '新终端资产编号',
  'form.seal_removed': '拆下封印',
  'form.seal_added': '新加封印',
  'form.attached_meter': '挂接电表',
  'form.card_serial': '购电卡卡号',
  'form.card_old_credit': '旧表余额',
  'form.card_bought': '新购电费',
  'form.card_debt': '透支扣减',
  'form.card_total': '写入卡内金额',
  'form.card_debt_left': '尚欠电费',
  'form.token': '购电代码',
  'form.note': '备注',

  // what a supervisor looks at: checks that were overruled, and more
  'anomaly.in_custody': '不在领表清单',
  'anomaly.not_below_last_billed': '示数低于上次',
  'anomaly.total_is_sum_of_tariffs': '总与分时之和不符',
  'anomaly.use_is_plausible': '用量过大',
  'anomaly.old_seals_recorded': '旧封印不符',
  'anomaly.sources_agree': '示数来源不一致',
  'anomaly.address_is_the_meters': '通信地址不符',
  'anomaly.far_away': '位置偏离',
  'anomaly.far_away_by': '位置偏离 {n}',
  'anomaly.typed': '编号手输',
  'anomaly.poor_photo': '照片不佳',
  'anomaly.could_not_do': '无法完成',
  'anomaly.card_in_doubt': '写卡存疑',
  'anomaly.waiting': '有待定记录',
  'anomaly.waiting_n': '{n} 条记录待定',
  'word.expected': '应为 {value}',
  'word.found': '实为 {value}',
  'word.with': '{text}（{facts}）',

  // what happened in the field, and what the office made of it
  'event.started': '开始作业',
  'event.reopened': '收回重做',
  'event.scanned': '{step}：{asset}（{source}）',
  'event.photo_taken': '{step}：拍照',
  'event.photos_taken': '{step}：拍照 {n} 张',
  'event.photo_withdrawn': '{step}：撤下一张照片，原片仍存档',
  'event.reading_taken': '{step}：{value}',
  'event.seals_recorded': '{step}：拆 {removed} 枚，加 {added} 枚',
  'event.meters_attached': '{step}：{n} 只电表',
  'event.noted': '{step}：{text}',
  'event.card_begun': '{step}：开始写卡 {money}（{card}）',
  'event.card_ended': '{step}：{outcome}',
  'event.token_delivered': '{step}：代码 {token} 已交给客户',
  'event.signed': '{signer} 签名，所签内容已封存',
  'event.completed': '完成并交回',
  'event.could_not_do': '无法完成：{reason}',
  'event.more': '{value} 等 {n} 项',
  'verdict.late': '迟到：{why}',
  'verdict.refused': '规则不允许：{why}',
  'verdict.after': '在局里改动之后才到',

  // what a meter says of itself over its port
  'protocol.dlt645': 'DL/T 645-2007',
  'protocol.dlt645-1997': 'DL/T 645-1997',
  'protocol.dlt698': 'DL/T 698.45',
  'protocol.iec62056-21': 'IEC 62056-21',
  'item.forward_total': '正向有功总',
  'item.forward_t1': '正向有功尖',
  'item.forward_t2': '正向有功峰',
  'item.forward_t3': '正向有功平',
  'item.forward_t4': '正向有功谷',
  'item.reverse_total': '反向有功总',
  'item.combined_total': '组合有功总',
  'item.money_left': '剩余金额',
  'item.overdraft': '透支金额',
  'item.energy_left': '剩余电量',
  'item.energy_overdrawn': '透支电量',
  'item.voltage_a': 'A 相电压',
  'item.voltage_b': 'B 相电压',
  'item.voltage_c': 'C 相电压',
  'item.current_a': 'A 相电流',
  'item.current_b': 'B 相电流',
  'item.current_c': 'C 相电流',
  'item.power_total': '总有功功率',
  'item.clock': '表内时钟',
  'item.status_1': '运行状态（本表故障）',
  'item.status_2': '运行状态（功率方向）',
  'item.status_3': '运行状态（操作）',
  'item.status_4': '运行状态（A 相）',
  'item.status_5': '运行状态（B 相）',
  'item.status_6': '运行状态（C 相）',
  'item.status_7': '运行状态（整表）',
  'item.asset_no': '资产管理编码',
  'item.meter_no': '表号',
  'item.model': '型号',
  'item.purchase_count': '购电次数',
  'item.last_purchase': '上次购电金额',
  'item_refusal.no_such_item': '没有这一项',
  'item_refusal.not_authorised': '要红外认证后才给',
  'item_refusal.no_value': '这一项是空的',
  'item_refusal.malformed': '格式不对',
  'item_refusal.not_in_protocol': '这种规约里没有',
  'item_refusal.other': '没有说明原因',
  'meter_status.clock_fault': '时钟故障',
  'meter_status.overdraft': '透支',
  'meter_status.memory_fault': '存储器故障',
  'meter_status.program_fault': '程序错误',
  'meter_status.esam_error': 'ESAM 错误',
  'meter_status.control_loop_error': '控制回路错误',
  'meter_status.metering_chip_fault': '计量芯片故障',
  'meter_status.reactive_reversed': '无功方向反向',
  'meter_status.active_reversed': '有功方向反向',
  'meter_status.reading_battery_low': '停电抄表电池欠压',
  'meter_status.clock_battery_low': '时钟电池欠压',
  'meter_status.demand_by_interval': '需量按区间式计算',
  'meter_status.second_step_tariff_set': '在用第二套阶梯',
  'meter_status.second_tariff_set': '在用第二套费率电价',
  'meter_status.trip_alarm': '预跳闸报警',
  'meter_status.relay_open_commanded': '继电器命令：断开',
  'meter_status.second_season_table': '在用第二套时区表',
  'meter_status.relay_open': '继电器断开',
  'meter_status.programming_enabled': '编程允许',
  'meter_status.second_period_table': '在用第二套时段表',
  'meter_status.none': '没有报告故障',
  'meter_status.unnamed': '状态字 {word}',
  'readout.address': '通信地址',
  'readout.protocol': '规约',
  'readout.clock': '表内时钟',
  'readout.status': '运行状态',

  // cards, and what became of them
  'card_kind.open_account': '开户卡',
  'card_kind.purchase': '购电卡',
  'card_kind.replacement': '补卡',
  'card_act.open_account': '开户',
  'card_act.purchase': '购电',
  'card_act.replacement': '补卡',
  'credit_source.readout': '红外抄读',
  'credit_source.write_back': '卡上返写',
  'credit_source.photo': '液晶照片',
  'credit_source.office': '营销系统',
  'credit_source.old_purse': '卡内未用',
  'outcome.written': '已写',
  'outcome.not_written': '未写',
  'outcome.in_doubt': '存疑',
  'outcome.why': '{outcome}：{why}',
  'not_written.untouched': '卡没有动过',
  'not_written.spent': '卡没有动过，但其间可能已在表上用过',
  'not_written.card_faulty': '卡写不住，已作废',
  'not_written.given_up': '中途放弃，卡已作废',
  'card.tail': '卡 {tail}',
  'token_class.credit': '购电',
  'token_class.test': '测试显示',
  'token_class.management': '表计管理',
  'token_class.reserved': '备用',

  // small words and units
  'word.account': '户号',
  'word.area': '台区',
  'word.meter_box': '表箱',
  'word.asset': '资产编号',
  'list.and': '、',
  'unit.m': '{n} 米',
  'unit.km': '{n} 公里',
  'unit.s': '{n} 秒',
  'unit.min': '{n} 分钟',
  'unit.h': '{n} 小时',
  'unit.kwh': 'kWh',
  'unit.yuan': '元',
  'unit.volt': 'V',
  'unit.ampere': 'A',
  'unit.kw': 'kW',
  'unit.times': '{n} 次',
} as const satisfies Record<Code, string> & Record<string, string>;
