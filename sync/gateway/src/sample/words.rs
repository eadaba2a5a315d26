//! The words a made-up district is made of. None of its places is on a map.

/// The county; its name says that it is a sample.
pub const COUNTY: &str = "样例县";

/// Towns and their villages.
pub const TOWNS: [(&str, [&str; 4]); 3] = [
    ("青禾镇", ["东沟村", "柳树湾村", "石桥头村", "上坪村"]),
    ("白鹭镇", ["河西村", "枣园村", "南坡村", "水磨村"]),
    ("云岭镇", ["大槐村", "红崖村", "松林村", "老井村"]),
];

/// Common surnames.
pub const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
];

/// Common characters of given names.
pub const GIVEN: [&str; 32] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超",
    "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "兰", "红", "建", "国", "文", "志", "海", "荣",
];

/// Three-phase customers of a village.
pub const WORKS: [&str; 6] = [
    "粮食加工点",
    "小学",
    "卫生室",
    "村委会",
    "养殖场",
    "农机合作社",
];

/// A customer with a pump: three phases, three wires.
pub const PUMP: &str = "排灌站";

/// What a dispatcher writes; most orders have nothing.
pub const REMARKS: [&str; 6] = [
    "客户白天上班，请先电话联系",
    "表箱钥匙在村委会",
    "院内有犬，进门前请客户看好",
    "老人独居，请说话大声些",
    "道路狭窄，车辆停在村口",
    "客户反映夜间跳闸",
];

/// Crews and their operators.
pub const CREWS: [(&str, &str, [&str; 2]); 4] = [
    ("crew-1", "装接一班", ["赵建国", "周敏"]),
    ("crew-2", "装接二班", ["钱志强", "吴海涛"]),
    ("crew-3", "装接三班", ["孙文华", "郑磊"]),
    ("crew-4", "装接四班", ["李玉平", "何军"]),
];

/// Supervisors: sign-in name, name shown, password. The passwords are no secret.
pub const SUPERVISORS: [(&str, &str, &str); 2] = [
    ("banzhang", "陈班长", "sample-banzhang"),
    ("zhuguan", "刘主管", "sample-zhuguan"),
];
