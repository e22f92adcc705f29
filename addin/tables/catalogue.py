"""Every sheet that the product reads or writes, as data. Source: workbooks.md §3 to §5."""

from __future__ import annotations

from addin.tables.fields import Choices, Field, SheetSpec, Type

TEXT, CODE, BARCODES, DATE, MONTH = Type.TEXT, Type.CODE, Type.BARCODES, Type.DATE, Type.MONTH
MONEY, INT, DEC, KM = Type.MONEY, Type.INT, Type.DEC, Type.KM
ENUM, BOOL, PHONE = Type.ENUM, Type.BOOL, Type.PHONE

# --- choices (workbooks.md §2.8 and §3) -----------------------------------------------------

_TIER_SYNONYMS = {
    **dict.fromkeys(("1类", "I类", "A类"), "一类"),
    **dict.fromkeys(("2类", "II类", "B类"), "二类"),
    **dict.fromkeys(("3类", "III类", "C类"), "三类"),
}
TIER = Choices(("一类", "二类", "三类"), _TIER_SYNONYMS)
TIER_OR_ANY = Choices((*TIER.values, "通用"), _TIER_SYNONYMS)
PRODUCT_LINE = Choices(("电热水器", "燃气热水器", "空气能热水器", "太阳能热水器", "小厨宝"))
PRODUCT_LINE_OR_ANY = Choices((*PRODUCT_LINE.values, "通用"))
OUTLET_STATUS = Choices(("正常", "停用"))
SERVICE = Choices(("安装", "维修"))
INSTALL_ITEM = Choices(("标准安装", "移机", "二次安装", "拆机", "主机水箱安装"))
REPAIR_ITEM = Choices(("上门检测", "小修", "中修", "大修"))
REPAIR_LEVEL = Choices(("小修", "中修", "大修"))
WARRANTY_TYPE = Choices(
    ("保内", "保外"),
    {
        **dict.fromkeys(("三包内", "包修", "保修内", "在保"), "保内"),
        **dict.fromkeys(("三包外", "过保", "保修外", "收费"), "保外"),
    },
)
LIABILITY = Choices(("产品", "用户", "安装", "水质", "不可抗力"), {"质量": "产品", "制造": "产品"})
PART_CLASS = Choices(("加热管", "内胆", "控制板", "阀体", "点火器", "水泵", "温控器", "其他"))
ROUTE = Choices(("单程", "往返"))
CHARGED_DISTANCE = Choices(("超出部分", "全程"))
SEVERITY = Choices(("高", "中", "低"))
VERDICT = Choices(("拒付", "退回", "无法判断", "待查", "提示", "通过"))
ROLE = Choices(("结算员", "助理结算员", "售后部经理", "财务", "服务经理", "店总"))
PENALTY = Choices(("警告", "定额", "按倍数"))
DAY = Choices(("工作日", "休息日", "调休上班", "法定假日"))
COVER = Choices(("整机", "主要部件"))
TRADE = Choices(("安装工", "维修工", "安装维修"))
WAIVER_STATE = Choices(("有效", "撤销"))
HISTORY_STATE = Choices(("通过", "提示", "待查", "无法判断", "退回", "拒付", "已付", "放弃"))

# --- entry sheets (workbooks.md §4) ---------------------------------------------------------
# `claimed_labour` is 申报安装费 on one sheet and 申报维修费 on the other: one component, so that
# the folding of money is written once.

# fmt: off
_OUTLET = Field(
    "outlet_code", "网点编码", CODE, True, ("网点代码", "服务商编码", "代理商编码"),
    help="服务网点的编码,须在网点档案中", example="WD001",
)
_OUTLET_NAME = Field("outlet_name", "网点名称", TEXT, False, ("服务网点", "代理商"),
                     help="与网点档案的名称或别名一致", example="青禾家电服务部")
_SEQUENCE = Field("sequence", "序号", INT, False, ("编号",), help="行的顺序号,可不填")
_RECEIVED = Field("received_date", "收单日期", DATE, False, ("收到日期", "回单日期"),
                  help="收到单据的日期,不早于服务日期")
_USER_NAME = Field("user_name", "用户姓名", TEXT, True, ("客户姓名", "顾客姓名", "用户"),
                   help="单据上的用户姓名", example="张某")
_USER_PHONE = Field("user_phone", "用户电话", PHONE, True, ("联系电话", "客户电话", "手机"),
                    help="手机,或带区号的座机;回访要用")
_USER_ADDRESS = Field("user_address", "用户地址", TEXT, True, ("地址", "安装地址", "详细地址"),
                      help="详细到门牌号;判断是否同一户要用", example="青山路8号3栋501室")
_MODEL = Field("model", "产品型号", CODE, True, ("型号", "机型"),
               help="产品型号表中的型号或别名", example="DR-60A")
_BARCODES = Field(
    "barcodes", "机身条码", BARCODES, True, ("条码", "机号", "序列号", "机身编码"),
    help="按文本录入,多台用顿号分开", example="DR60A2512000123",
)
_PURCHASE = Field("purchase_date", "购买日期", DATE, False, ("购机日期",), help="用户购机的日期")
_DISTANCE = Field("distance", "单程里程", KM, False, ("里程", "公里数"),
                  help="网点到用户家的单程公里数;申报远程费时必填", example="20")
_CLAIMED_TRAVEL = Field("claimed_travel", "申报远程费", MONEY, False, ("远程费", "路费"),
                        help="网点申报的远程费;空白=0")
_CLAIMED_OTHER = Field("claimed_other", "申报其他费", MONEY, False, ("其他费", "其它费用"),
                       help="网点申报的其他费用,须附说明;空白=0")
_CLAIMED_TOTAL = Field("claimed_total", "申报合计", MONEY, False, ("合计", "金额合计"),
                       help="各分项之和;核对时按分项重新计算")
_LEGIBLE = Field("legible", "单据清晰", BOOL, False, ("清晰",), blank_means=True,
                 help="单据看得清填“是”;空白=是")
_SIGNED = Field("signed", "用户签字", BOOL, False, ("签字", "顾客签字"), blank_means=True,
                help="单据上有用户签字填“是”;空白=是")
_REMARK = Field("remark", "备注", TEXT, False, ("说明",),
                help="需要说明的事项", example="高层外墙安装")

WAIVER_COLUMNS = (
    Field("waive_code", "放行代码", CODE, help="要放行的问题代码,一次一个", example="R108"),
    Field("waive_reason", "放行原因", TEXT, help="至少4个字"),
    Field("waived_by", "放行人", TEXT, help="须在签字权限中"),
    Field("waive_amount", "放行金额", MONEY, help="空白为按申报金额"),
)

INSTALL = SheetSpec(
    "安装单",
    (
        _SEQUENCE,
        _OUTLET,
        _OUTLET_NAME,
        Field("slip_no", "单号", CODE, True, ("安装单号", "单据号", "单据编号"),
              help="网点编的单据号,同一网点不得重复;按文本录入", example="AZ001"),
        _RECEIVED,
        _USER_NAME,
        _USER_PHONE,
        _USER_ADDRESS,
        _MODEL,
        _BARCODES,
        Field("quantity", "数量", INT, False, ("台数",), blank_means=1,
              help="本单安装台数,与条码个数一致;空白=1"),
        _PURCHASE,
        Field("install_date", "安装日期", DATE, True, ("完工日期", "装机日期"),
              help="装好的日期,费用标准按此日取"),
        Field("item", "安装项目", TEXT, True, ("项目", "安装类型"), INSTALL_ITEM,
              help="费用标准中的安装项目"),
        Field("worker", "安装工", TEXT, False, ("安装人员", "师傅"),
              help="上门安装的人员", example="李某"),
        _DISTANCE,
        Field("claimed_labour", "申报安装费", MONEY, True, ("安装费",), help="网点申报的安装费"),
        _CLAIMED_TRAVEL,
        _CLAIMED_OTHER,
        _CLAIMED_TOTAL,
        _LEGIBLE,
        _SIGNED,
        _REMARK,
    ),
)

REPAIR = SheetSpec(
    "维修单",
    (
        _SEQUENCE,
        _OUTLET,
        _OUTLET_NAME,
        Field("slip_no", "单号", CODE, True, ("维修单号", "单据号", "单据编号"),
              help="网点编的单据号,同一网点不得重复;按文本录入", example="WX001"),
        _RECEIVED,
        _USER_NAME,
        _USER_PHONE,
        _USER_ADDRESS,
        _MODEL,
        _BARCODES,
        _PURCHASE,
        Field("reported_date", "报修日期", DATE, True, ("报修时间", "受理日期"),
              help="用户报修的日期,三包按此日判定"),
        Field("completed_date", "完成日期", DATE, True, ("维修日期", "完工日期"),
              help="修好的日期,费用标准按此日取"),
        Field("install_date", "安装日期", DATE, False, ("装机日期",),
              help="装机的日期,没有发票时作三包起算依据"),
        Field("produced_date", "生产日期", DATE, False, ("出厂日期",), help="机身铭牌上的生产日期"),
        Field("invoice_date", "发票日期", DATE, False, ("开票日期",),
              help="购机发票的日期,三包首选的起算依据"),
        Field("invoice_no", "发票号码", CODE, False, ("发票号",),
              help="购机发票号码,8位或20位;按文本录入", example="26312000000012345678"),
        Field("warranty_type", "保修类型", ENUM, True, ("三包类型", "保修"), WARRANTY_TYPE,
              help="厂家付费为保内,用户付费为保外"),
        Field("fault_code", "故障代码", CODE, True, ("故障编码",),
              help="故障代码表中的代码", example="E01"),
        Field("fault_text", "故障现象", TEXT, False, ("故障描述",),
              help="用户所说的故障", example="不加热"),
        Field("item", "维修项目", ENUM, True, ("项目", "维修类别"), REPAIR_ITEM,
              help="本次维修的等级,不高于该故障的最高项目"),
        Field("part_code", "更换配件编码", CODE, False, ("配件编码", "换件编码"),
              help="换下配件的编码,须在配件价格表中;没换件则空白", example="PJ001"),
        Field("part_name", "更换配件名称", TEXT, False, ("配件名称",),
              help="更换配件的名称", example="加热管"),
        Field("part_quantity", "配件数量", INT, False, ("换件数量",),
              help="更换的件数;有配件时空白=1"),
        Field("worker", "维修工", TEXT, False, ("维修人员", "师傅"),
              help="上门维修的人员", example="王某"),
        _DISTANCE,
        Field("claimed_labour", "申报维修费", MONEY, True, ("维修费",),
              help="网点申报的维修费;保外填0"),
        _CLAIMED_TRAVEL,
        _CLAIMED_OTHER,
        Field("claimed_parts", "申报配件费", MONEY, False, ("配件费", "材料费"),
              help="网点申报的配件费;保内配件由公司发放,不另计"),
        _CLAIMED_TOTAL,
        _LEGIBLE,
        _SIGNED,
        _REMARK,
    ),
)
# fmt: on

# --- written by the check (workbooks.md §4.3, §4.4) -----------------------------------------


def output_fields(sheet: SheetSpec) -> tuple[Field, ...]:
    """Columns that the check writes to the right of ``sheet``, in their order (§4.3)."""
    labour = "安装费" if sheet is INSTALL else "维修费"
    repair = sheet is REPAIR
    return (
        Field("verdict", "核对结果", TEXT),
        Field("verdict_scope", "结论范围", TEXT),
        Field("codes", "问题代码", TEXT),
        Field("reasons", "核对说明", TEXT),
        Field("warranty_end", "三包截止日", DATE),
        *((Field("main_part_end", "主要部件截止日", DATE),) if repair else ()),
        Field("standard_labour", f"标准{labour}", MONEY),
        Field("standard_travel", "标准远程费", MONEY),
        Field("approved_labour", f"核定{labour}", MONEY),
        Field("approved_travel", "核定远程费", MONEY),
        Field("approved_other", "核定其他费", MONEY),
        *((Field("approved_parts", "核定配件费", MONEY),) if repair else ()),
        Field("payable", "应付金额", MONEY),
        Field("held", "待定金额", MONEY),
        Field("cut", "核减金额", MONEY),
    )


ISSUES = SheetSpec(
    "问题清单",
    (
        Field("sequence", "序号", INT),
        Field("severity", "严重度", ENUM, choices=SEVERITY),
        Field("verdict", "核对结果", TEXT),
        Field("code", "问题代码", CODE),
        Field("short_name", "短名", TEXT),
        Field("scope", "范围", TEXT),
        Field("outlet_code", "网点编码", CODE),
        Field("outlet_name", "网点名称", TEXT),
        Field("slip_no", "单号", CODE),
        Field("sheet", "工作表", TEXT),
        Field("row", "行号", INT),
        Field("field", "字段", TEXT),
        Field("raw", "原值", TEXT),
        Field("message", "核对说明", TEXT),
        Field("claimed", "申报金额", MONEY),
        Field("cut", "核减金额", MONEY),
        Field("held", "待定金额", MONEY),
        Field("advice", "建议处理", TEXT),
    ),
)

OUTLET_TOTALS = SheetSpec(
    "网点小计",
    (
        Field("outlet_code", "网点编码", CODE),
        Field("outlet_name", "网点名称", TEXT),
        Field("slips", "单数", INT),
        *(
            Field(f"count_{v}", v, INT)
            for v in ("通过", "提示", "待查", "无法判断", "退回", "拒付")
        ),
        Field("claimed", "申报金额", MONEY),
        Field("payable", "应付金额", MONEY),
        Field("held", "待定金额", MONEY),
        Field("cut", "核减金额", MONEY),
    ),
)

WAIVERS = SheetSpec(
    "放行记录",
    (
        Field("workbook", "工作簿", TEXT),
        Field("sheet", "工作表", TEXT),
        Field("row", "行号", INT, True),
        Field("slip_no", "单号", CODE, True),
        Field("waive_code", "规则代码", CODE, True),
        Field("waive_reason", "放行原因", TEXT),
        Field("waived_by", "放行人", TEXT),
        Field("waive_amount", "放行金额", MONEY),
        Field("waive_date", "放行日期", DATE),
        Field("state", "状态", ENUM, choices=WAIVER_STATE),
    ),
)

JOURNAL = SheetSpec(
    "处理日志",
    tuple(
        Field(name, header, TEXT)
        for name, header in (
            ("sequence", "序号"),
            ("time", "时间"),
            ("user", "操作人"),
            ("action", "动作"),
            ("workbook", "工作簿"),
            ("sheet", "工作表"),
            ("row", "行号"),
            ("code", "规则代码"),
            ("outcome", "结果"),
            ("note", "说明"),
            ("file_hash", "文件哈希"),
            ("rules_version", "规则版本"),
            ("previous_hash", "前链哈希"),
            ("chain_hash", "链哈希"),
        )
    ),
)

# --- 基础资料.xlsx (workbooks.md §3) --------------------------------------------------------

# fmt: off
_VALID_FROM = Field("valid_from", "生效日期", DATE, help="从此日起有效,含当日;空白=一直有效")
_VALID_TO = Field("valid_to", "失效日期", DATE, help="到此日止有效,含当日;空白=长期有效")

OUTLETS = SheetSpec(
    "网点档案",
    (
        Field("outlet_code", "网点编码", CODE, True, help="网点编码,不得重复", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, True, help="网点全称", example="青禾家电服务部"),
        Field("aliases", "别名", TEXT,
              help="单据上出现过的其他叫法,多个用顿号分开", example="青禾家电、青禾服务部"),
        Field("agent_code", "代理商编码", CODE, help="所属代理商;空白=网点自己", example="DL001"),
        Field("agent_name", "代理商名称", TEXT,
              help="所属代理商名称;空白=网点自己", example="青禾商贸"),
        Field("province", "省份", TEXT, True, help="网点所在省份", example="甲省"),
        Field("city", "城市", TEXT, True, help="网点所在城市", example="甲市"),
        Field("district", "区县", TEXT, help="网点所在区县", example="甲县"),
        Field("tier", "区域等级", ENUM, True, choices=TIER, help="决定费用标准和远程费标准"),
        Field("status", "状态", ENUM, True, choices=OUTLET_STATUS, help="停用的网点须填合作终止"),
        Field("since", "合作开始", DATE, True, help="合作开始的日期,含当日"),
        Field("until", "合作终止", DATE, help="合作终止的日期,含当日;空白=仍在合作"),
        Field("service_radius", "服务半径", KM, help="网点平时服务的半径,公里;空白=不核对"),
        Field("contact", "联系人", TEXT, help="网点联系人", example="赵某"),
        Field("contact_phone", "联系电话", PHONE, help="网点电话,不得用作用户电话"),
        Field("address", "地址", TEXT, help="网点地址", example="青山路1号"),
        Field("credit_code", "统一社会信用代码", CODE,
              help="18位统一社会信用代码", example="91350100M000100Y43"),
        Field("bank", "开户银行", TEXT, help="收款的开户银行", example="示例银行甲市支行"),
        Field("account", "银行账号", TEXT,
              help="收款账号,按文本录入", example="6200000000000000000"),
        Field("credit_line", "授信额度", MONEY, help="可赊领配件的额度;空白=0"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="季节性网点"),
    ),
    key=("outlet_code",),
)
MODELS = SheetSpec(
    "产品型号",
    (
        Field("model", "型号", CODE, True, help="产品型号,不得重复", example="DR-60A"),
        Field("aliases", "型号别名", TEXT,
              help="单据上出现过的其他写法,多个用顿号分开", example="DR60A、60A"),
        Field("product_line", "产品线", ENUM, True, choices=PRODUCT_LINE,
              help="决定费用标准和故障代码的适用范围"),
        Field("barcode_format", "条码格式", TEXT,
              help="正则表达式,整段匹配;空白=条码格式默认", example="^DR60A[0-9]{10}$"),
        Field("warranty_months", "整机保修月", INT,
              help="整机三包的月数;空白时保内维修无法判断", example="12"),
        Field("main_part_months", "主要部件保修月", INT, help="主要部件三包的月数", example="36"),
        Field("main_parts", "主要部件", TEXT,
              help="主要部件的配件类别,多个用顿号分开", example="内胆、加热管"),
        Field("launched", "上市日期", DATE, help="上市的日期"),
        Field("discontinued", "停产日期", DATE, help="停产的日期;空白=在产"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="2026年新款"),
    ),
    key=("model",),
)
TARIFF = SheetSpec(
    "费用标准",
    (
        Field("service", "服务类别", ENUM, True, choices=SERVICE, help="安装或维修"),
        Field("tier", "区域等级", ENUM, True, choices=TIER_OR_ANY,
              help="网点的区域等级;通用=不分等级"),
        Field("product_line", "产品线", ENUM, True, choices=PRODUCT_LINE_OR_ANY,
              help="产品线;通用=不分产品线"),
        Field("model", "型号", CODE, help="只对一个型号有效时填写;空白=不分型号", example="DR-60A"),
        Field("item", "项目", TEXT, True, help="安装项目或维修项目", example="标准安装"),
        Field("price", "单价", MONEY, True, help="每台或每次的单价,元"),
        _VALID_FROM,
        _VALID_TO,
        Field("approval", "批准文号", TEXT, help="批准此标准的文号", example="售后〔2026〕1号"),
    ),
)
TRAVEL_TARIFF = SheetSpec(
    "远程费标准",
    (
        Field("tier", "区域等级", ENUM, True, choices=TIER_OR_ANY,
              help="网点的区域等级;通用=不分等级"),
        Field("free_distance", "起算里程", KM, True,
              help="单程不超过此公里数不计远程费", example="15"),
        Field("price_per_km", "每公里单价", MONEY, True, help="每公里的单价,元", example="1.50"),
        Field("route", "计程方式", ENUM, True, choices=ROUTE, help="单程计一次,往返计两次"),
        Field("charged", "计费口径", ENUM, True, choices=CHARGED_DISTANCE,
              help="只计超出起算里程的部分,或计全程"),
        Field("distance_limit", "里程上限", KM,
              help="单程超过此公里数须审批;空白=不限", example="80"),
        Field("cap", "封顶金额", MONEY, help="每单远程费的最高额,元;空白=不限", example="100.00"),
        _VALID_FROM,
        _VALID_TO,
    ),
)
FAULTS = SheetSpec(
    "故障代码",
    (
        Field("fault_code", "故障代码", CODE, True, help="故障代码,不得重复", example="E01"),
        Field("fault_name", "故障名称", TEXT, True, help="故障名称", example="不加热"),
        Field("product_lines", "适用产品线", TEXT,
              help="多个用顿号分开;空白或通用=全部", example="电热水器、小厨宝"),
        Field("highest_item", "最高项目", ENUM, True, choices=REPAIR_LEVEL,
              help="此故障最高可报的维修项目"),
        Field("liability", "责任", ENUM, True, ("故障责任",), choices=LIABILITY,
              help="产品责任才属三包"),
        Field("part_needed", "必须换件", BOOL, help="此故障必须换件填“是”"),
        Field("part_classes", "可换配件类别", TEXT,
              help="可更换的配件类别,多个用顿号分开;空白=不限", example="加热管、温控器"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="须附照片"),
    ),
    key=("fault_code",),
)
PARTS = SheetSpec(
    "配件价格",
    (
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("part_name", "配件名称", TEXT, True, help="配件名称", example="加热管"),
        Field("specification", "规格", TEXT, help="规格", example="1500W"),
        Field("unit", "单位", TEXT, help="计量单位", example="个"),
        Field("part_class", "配件类别", ENUM, True, choices=PART_CLASS, help="配件的类别"),
        Field("is_main", "是否主要部件", BOOL, True, help="主要部件有单独的三包期"),
        Field("return_old", "需返旧件", BOOL, True, help="换下的旧件须返厂填“是”"),
        Field("models", "适用型号", TEXT,
              help="适用的型号,多个用顿号分开;空白=全部", example="DR-60A、DR-80A"),
        Field("deposit_price", "押金单价", MONEY, True, help="发放给网点时占用押金的单价,元"),
        Field("sale_price", "保外售价", MONEY, True, help="保外卖给用户的单价,元"),
        _VALID_FROM,
        _VALID_TO,
    ),
)
PARAMETERS = SheetSpec(
    "规则参数",
    (
        Field("code", "代码", CODE, help="规则代码;空白=通用参数", example="R101"),
        Field("short_name", "短名", TEXT, help="规则的短名,不要改", example="安装费超标"),
        Field("enabled", "启用", BOOL, help="填“否”则此规则不运行"),
        Field("verdict", "结论", ENUM, choices=VERDICT,
              help="改变此规则的核对结果;空白=按规则原定"),
        Field("severity", "严重度", ENUM, choices=SEVERITY, help="问题清单的排序,不影响金额"),
        Field("parameter", "参数名", TEXT,
              help="参数的名称,不要改;空白=此行是规则本身", example="超标容差"),
        Field("value", "参数值", TEXT, help="公司采用的值;空白=用默认值", example="5.00"),
        Field("default", "默认值", TEXT, help="不填参数值时采用的值,不要改", example="0.00"),
        Field("unit", "单位", TEXT, help="参数值的单位", example="元"),
        Field("options", "可选值", TEXT, help="参数值只能填其中之一", example="取小/按标准"),
        _VALID_FROM,
        _VALID_TO,
        Field("note", "说明", TEXT, help="规则查什么,或参数管什么", example="申报安装费高于标准"),
        Field("changed_by", "修改人", TEXT, help="最后修改此行的人", example="结算员甲"),
        Field("changed_on", "修改日期", DATE, help="最后修改此行的日期"),
    ),
)
AUTHORITY = SheetSpec(
    "签字权限",
    (
        Field("role", "角色", ENUM, True, choices=ROLE, help="签字人的岗位"),
        Field("name", "姓名", TEXT, True, help="签字人的姓名,放行人须在此表中", example="结算员甲"),
        Field("code", "规则代码", CODE, help="可放行的规则;空白=全部规则", example="R108"),
        Field("limit", "金额上限", MONEY, help="每次放行的最高金额,元;空白=不限", example="200.00"),
        _VALID_FROM,
        _VALID_TO,
    ),
)
PENALTIES = SheetSpec(
    "处罚标准",
    (
        Field("offence_code", "违规代码", CODE, True, help="违规代码,不得重复", example="WG01"),
        Field("offence", "违规行为", TEXT, True, help="违规的行为", example="重复申报安装费"),
        Field("code", "触发规则", CODE, help="由哪条规则发现", example="R802"),
        Field("from_count", "起罚次数", INT, True, help="统计期内达到几次起处罚", example="2"),
        Field("method", "处罚方式", ENUM, True, choices=PENALTY,
              help="警告不扣款,定额看金额,按倍数看倍数"),
        Field("amount", "金额", MONEY, help="定额处罚的金额,元", example="100.00"),
        Field("multiple", "倍数", DEC, help="按违规金额的几倍处罚", example="2"),
        Field("months", "统计月数", INT, True, help="往前统计几个月", example="3"),
        Field("basis", "依据文件", TEXT, help="处罚依据的文件", example="《服务网点处罚扣款流程》"),
    ),
)
CALENDAR = SheetSpec(
    "工作日历",
    (
        Field("date", "日期", DATE, True,
              help="与周一至周五上班不同的日子才要写", example="2026-05-01"),
        Field("day", "类型", ENUM, True, choices=DAY,
              help="当日是工作日还是休息日", example="法定假日"),
        Field("note", "说明", TEXT, help="说明", example="劳动节"),
    ),
)
SALES = SheetSpec(
    "销售台数",
    (
        Field("month", "年月", MONTH, True, help="销售的年月"),
        Field("province", "省份", TEXT, help="省份;空白=全国", example="甲省"),
        Field("agent_code", "代理商编码", CODE, help="代理商编码;空白=不分代理商", example="DL001"),
        Field("product_line", "产品线", ENUM, True, choices=PRODUCT_LINE, help="产品线"),
        Field("model", "型号", CODE, help="型号;空白=整条产品线", example="DR-60A"),
        Field("sold", "销售台数", INT, True, help="当月销售的台数", example="1200"),
        Field("installed", "安装台数", INT, help="当月安装的台数", example="1100"),
        Field("under_warranty", "在保台数", INT, help="月末仍在三包期内的台数", example="30000"),
    ),
)
EXTENSIONS = SheetSpec(
    "延保",
    (
        Field("extension_no", "延保单号", CODE, True, help="延保单号,不得重复", example="YB0001"),
        Field("barcode", "机身条码", CODE, True,
              help="延保机器的机身条码;按文本录入", example="DR60A2512000123"),
        Field("model", "产品型号", CODE, help="延保机器的型号", example="DR-60A"),
        Field("valid_from", "延保起", DATE, True, help="延保开始的日期,含当日"),
        Field("valid_to", "延保止", DATE, True, help="延保结束的日期,含当日", example="2028-03-05"),
        Field("cover", "范围", ENUM, True, choices=COVER, help="延保整机,或只延保主要部件"),
    ),
)
STAFF = SheetSpec(
    "人员",
    (
        Field("outlet_code", "网点编码", CODE, True, help="所属网点的编码", example="WD001"),
        Field("name", "姓名", TEXT, True, help="安装工或维修工的姓名", example="李某"),
        Field("trade", "工种", ENUM, True, choices=TRADE, help="人员的工种"),
        Field("phone", "电话", PHONE, True, help="人员的电话,不得用作用户电话"),
        Field("joined", "入职日期", DATE, help="入职的日期;空白=一直在职"),
        Field("left", "离职日期", DATE, help="离职的日期;空白=在职"),
    ),
)
MAPPING = SheetSpec(
    "字段映射",
    (
        Field("workbook", "工作簿", TEXT,
              help="文件名;空白=任何工作簿", example="安装单_2026-03.xlsx"),
        Field("sheet", "工作表", TEXT, help="工作表名;空白=任何工作表", example="3月安装单"),
        Field("field", "标准字段", TEXT, help="本系统的标准字段名", example="机身条码"),
        Field("header", "表头原文", TEXT, help="网点表格上的表头", example="机器编号"),
        Field("column", "列", TEXT, help="此字段所在的列;填了就以列为准", example="C"),
        Field("confirmed_by", "确认人", TEXT, help="确认此对应关系的人", example="结算员甲"),
        Field("confirmed_on", "确认日期", DATE, help="确认的日期"),
    ),
)
REPLACEMENTS = SheetSpec(
    "换机登记",
    (
        Field("replacement_no", "登记号", CODE, True, help="换机登记号,不得重复", example="HJ0001"),
        Field("old_barcode", "旧机身条码", CODE, True,
              help="换下机器的机身条码;按文本录入", example="DR60A2512000123"),
        Field("new_barcode", "新机身条码", CODE, True,
              help="换上机器的机身条码;按文本录入", example="DR60A2601000456"),
        Field("replaced_on", "换机日期", DATE, True, help="换机的日期"),
        Field("outlet_code", "网点编码", CODE, help="经办网点的编码", example="WD001"),
        Field("slip_no", "单号", CODE, help="换机的安装单或维修单", example="WX001"),
        Field("reason", "原因", TEXT, help="换机的原因", example="内胆漏水"),
    ),
)
SETTINGS = SheetSpec(
    "设置",
    (
        Field("setting", "项目", TEXT, True, help="设置的项目,不要改", example="业务月"),
        Field("value", "值", TEXT, help="公司采用的值", example="2026-03"),
        Field("note", "说明", TEXT, help="怎样填写", example="空白=按文件夹或文件名"),
    ),
)

MASTERS: tuple[SheetSpec, ...] = (
    OUTLETS, MODELS, TARIFF, TRAVEL_TARIFF, FAULTS, PARTS, PARAMETERS, AUTHORITY, PENALTIES,
    CALENDAR, SALES, EXTENSIONS, STAFF, MAPPING, REPLACEMENTS, SETTINGS,
)

# --- 结算历史.xlsx (workbooks.md §5) --------------------------------------------------------

HISTORY = SheetSpec(
    "结算历史",
    (
        Field("month", "业务月", MONTH, True, help="结算的业务月"),
        Field("service", "类别", ENUM, True, choices=SERVICE, help="安装或维修"),
        Field("workbook", "工作簿", TEXT, help="单据所在的文件", example="安装单_2026-03.xlsx"),
        Field("sheet", "工作表", TEXT, help="单据所在的工作表", example="安装单"),
        Field("row", "行号", INT, help="单据所在的行号", example="4"),
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, help="网点名称", example="青禾家电服务部"),
        Field("slip_no", "单号", CODE, True, help="安装单或维修单的单号", example="AZ001"),
        Field("received_date", "收单日期", DATE, help="收到单据的日期"),
        Field("user_name", "用户姓名", TEXT, help="用户姓名", example="张某"),
        Field("user_phone", "用户电话", PHONE, help="用户电话"),
        Field("user_address", "用户地址", TEXT, help="用户地址", example="青山路8号3栋501室"),
        Field("model", "产品型号", CODE, help="产品型号", example="DR-60A"),
        Field("barcodes", "机身条码", BARCODES,
              help="机身条码,多台用顿号分开", example="DR60A2512000123"),
        Field("quantity", "数量", INT, help="安装的台数"),
        Field("purchase_date", "购买日期", DATE, help="用户购机的日期"),
        Field("install_date", "安装日期", DATE, help="装好的日期"),
        Field("install_item", "安装项目", TEXT, help="安装项目", example="标准安装"),
        Field("installer", "安装工", TEXT, help="上门安装的人员", example="李某"),
        Field("reported_date", "报修日期", DATE, help="用户报修的日期"),
        Field("completed_date", "完成日期", DATE, help="修好的日期"),
        Field("invoice_no", "发票号码", CODE, help="购机发票号码", example="26312000000012345678"),
        Field("warranty_type", "保修类型", ENUM, choices=WARRANTY_TYPE, help="保内或保外"),
        Field("fault_code", "故障代码", CODE, help="故障代码", example="E01"),
        Field("repair_item", "维修项目", TEXT, help="维修项目", example="小修"),
        Field("part_code", "更换配件编码", CODE, help="更换配件的编码", example="PJ001"),
        Field("part_quantity", "配件数量", INT, help="更换的件数"),
        Field("repairer", "维修工", TEXT, help="上门维修的人员", example="王某"),
        Field("distance", "单程里程", KM, help="单程公里数"),
        Field("claimed_install", "申报安装费", MONEY, help="网点申报的安装费"),
        Field("claimed_repair", "申报维修费", MONEY, help="网点申报的维修费"),
        Field("claimed_travel", "申报远程费", MONEY, help="网点申报的远程费"),
        Field("claimed_other", "申报其他费", MONEY, help="网点申报的其他费"),
        Field("claimed_parts", "申报配件费", MONEY, help="网点申报的配件费"),
        Field("approved_install", "核定安装费", MONEY, help="核定的安装费"),
        Field("approved_repair", "核定维修费", MONEY, help="核定的维修费"),
        Field("approved_travel", "核定远程费", MONEY, help="核定的远程费"),
        Field("approved_other", "核定其他费", MONEY, help="核定的其他费"),
        Field("approved_parts", "核定配件费", MONEY, help="核定的配件费"),
        Field("payable", "应付金额", MONEY, help="应付的金额,核定各项之和"),
        Field("held", "待定金额", MONEY, help="尚未判定、暂不付的金额"),
        Field("cut", "核减金额", MONEY, help="不付的金额,申报减应付减待定"),
        Field("verdict", "核对结果", TEXT, help="当时的核对结果", example="通过"),
        Field("codes", "问题代码", TEXT, help="当时的问题代码,用分号隔开", example="R108;R121"),
        Field("state", "处理状态", ENUM, choices=HISTORY_STATE,
              help="单据现在的状态;退回的不参加查重"),
    ),
)
# fmt: on
