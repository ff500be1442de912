// Meanings of codes in structured reports, in Chinese: titles, containers, observation context, measurements, dose. What is
// translated is the meaning that the object itself states, so that a wrong or private code never gets another sense. What
// is not here keeps its own words.
const table = `
of interest|关注影像
rejected for quality reasons|因质量剔除
for referring provider|供转诊医师
for surgery|供手术
for teaching|供教学
for conference|供会议
for therapy|供治疗
for patient|供患者
for peer review|供同行评议
for research|供研究
quality issue|质量问题
best in set|最佳影像
for printing|供打印
for report attachment|供报告附图
manifest|影像清单
signed manifest|已签署清单
key object selection|关键影像
key object description|关键影像说明
document title modifier|标题补充
imaging measurement report|影像测量报告
imaging report|影像报告
diagnostic imaging report|影像诊断报告
consultation report|会诊报告
basic diagnostic imaging report|影像诊断报告
imaging measurements|影像测量
measurement group|测量组
derived imaging measurements|派生影像测量
image library|影像库
image library group|影像库组
image region|图像区域
source image|来源图像
source image for segmentation|分割来源图像
source series for image segmentation|分割来源序列
referenced segment|引用的分割
volume surface|体表面
key image|关键图像
key images|关键图像
tracking identifier|追踪标识
tracking unique identifier|追踪唯一标识
activity session|活动场次
time point|时间点
finding|所见
findings|所见
finding category|所见分类
finding site|所见部位
impression|印象
impressions|印象
conclusion|结论
conclusions|结论
recommendation|建议
recommendations|建议
history|病史
request|申请
diagnosis|诊断
description|描述
treatment|治疗
comment|备注
summary|小结
indications for procedure|检查指征
reason for procedure|检查原因
current procedure descriptions|当前检查说明
prior procedure descriptions|既往检查说明
previous findings|既往所见
complications|并发症
report text|报告正文
section heading|章节标题
document title|文件标题
image reference|引用图像
physical examination|体格检查
discharge summary|出院小结
discharge diagnosis|出院诊断
admitting diagnosis|入院诊断
history of present illness|现病史
laboratory data on admission|入院化验
hospital course and treatment|住院经过与治疗
surgical procedures|手术
observer type|观察者类型
person|人员
device|设备
person observer name|观察者
person observer's organization name|观察者机构
person observer's role in the organization|观察者职务
person observer's role in this procedure|观察者在此检查中的角色
observer name|观察者
observer organization name|观察者机构
recording observer's name|记录者
recording observer's organization name|记录者机构
observation context mode|观察背景方式
direct|直接
patient|患者
physician|医师
referring physician|申请医师
hospital name|医院
device observer uid|设备 UID
device observer name|设备名称
device observer manufacturer|设备制造商
device observer model name|设备型号
device observer serial number|设备序列号
device observer physical location during observation|设备位置
device role in procedure|设备角色
station ae title|工作站 AE
subject class|受检对象
subject name|受检者姓名
subject id|受检者编号
subject birth date|出生日期
subject sex|性别
subject age|年龄
procedure study instance uid|检查 UID
procedure reported|所报告的检查
language of content item and descendants|内容语言
country of language|语言所属国家
english|英语
english (united states)|英语（美国）
english as used in the united states|英语（美国）
united states|美国
modality|设备类型
study date|检查日期
study time|检查时间
content date|内容日期
content time|内容时间
acquisition date|采集日期
acquisition time|采集时间
frame of reference uid|参考坐标系 UID
pixel data rows|图像行数
pixel data columns|图像列数
positron emission tomography|正电子发射断层（PET）
computed tomography|计算机断层（CT）
magnetic resonance|磁共振（MR）
ct unspecified body region|CT（未指定部位）
pet whole body|PET 全身
radionuclide|放射性核素
radiopharmaceutical agent|放射性药物
^18^fluorine|氟-18
fluorodeoxyglucose f^18^|氟代脱氧葡萄糖（18F-FDG）
derivation|推导方式
measurement method|测量方法
real world value map used for measurement|测量所用数值映射
suv body weight calculation method|SUV 体重计算方法
suvbw|SUV（体重）
mean|平均值
median|中位数
minimum|最小值
maximum|最大值
standard deviation|标准差
rms|均方根
peak value within roi|区域峰值
total lesion glycolysis|病灶糖酵解总量
standardized added metabolic activity|标准化附加代谢活性
sum of segmented voxel volumes|分割体素体积之和
25th percentile value|第 25 百分位
75th percentile value|第 75 百分位
intensity histogram mean|灰度直方图均值
attenuation coefficient|衰减系数
area|面积
area of defined region|区域面积
volume|体积
length|长度
width|宽度
height|高度
depth|深度
diameter|直径
long axis|长径
short axis|短径
major axis|长径
minor axis|短径
path length|路径长度
distance|距离
angle|角度
cobb angle|Cobb 角
perimeter|周长
circumference|周长
level of significance|重要程度
normality|正常与否
normal|正常
abnormal|异常
not significant|无显著意义
significant|有显著意义
yes|是
no|否
left|左
right|右
bilateral|双侧
laterality|侧别
unilateral|单侧
topographical modifier|部位修饰
anatomical structure|解剖结构
anatomical position (finding)|解剖位置
original source|原始来源
source|来源
morphologically abnormal structure|形态异常结构
nodule|结节
mass|肿块
calcification|钙化
calcification cluster|钙化簇
individual calcification|单个钙化
mammography breast density|乳腺密度
neoplasm, primary|原发肿瘤
lung|肺
aorta|主动脉
vertebra|椎体
spinal cord|脊髓
cervico-thoracic spine|颈胸段脊柱
vertebral foramen|椎孔
pharyngeal tonsil (adenoid)|咽扁桃体（腺样体）
liver|肝脏
kidney|肾脏
spleen|脾脏
brain|脑
breast|乳腺
heart|心脏
head|头部
neck|颈部
chest|胸部
abdomen|腹部
pelvis|盆腔
mammography cad report|乳腺 CAD 报告
chest cad report|胸部 CAD 报告
colon cad report|结肠 CAD 报告
cad processing and findings summary|CAD 处理与结果汇总
individual impression/recommendation|个体印象与建议
detections performed|已执行的检测
detection performed|已执行的检测
summary of detections|检测汇总
summary of analyses|分析汇总
analyses performed|已执行的分析
analysis performed|已执行的分析
succeeded|成功
failed|失败
not attempted|未执行
partially succeeded|部分成功
all algorithms succeeded; with findings|算法全部成功，有发现
all algorithms succeeded; without findings|算法全部成功，无发现
single image finding|单幅图像发现
composite feature|复合特征
composite type|复合类型
rendering intent|显示意图
presentation required|必须显示
presentation required: rendering device is expected to present|必须显示
presentation optional|可选显示
presentation optional: rendering device may present|可选显示
not for presentation|不予显示
not for presentation: rendering device expected not to present|不予显示
algorithm name|算法名称
algorithm version|算法版本
algorithm parameters|算法参数
certainty of finding|发现的确定程度
certainty of feature|特征的确定程度
certainty of impression|印象的确定程度
probability of cancer|恶性概率
center|中心
outline|轮廓
image view|投照体位
image laterality|图像侧别
x-ray radiation dose report|X 射线剂量报告
radiation dose report|辐射剂量报告
projection x-ray|投影 X 射线
ct accumulated dose data|CT 累计剂量
accumulated x-ray dose data|X 射线累计剂量
irradiation event x-ray data|照射事件
irradiation event uid|照射事件 UID
total number of irradiation events|照射事件总数
ct dose length product total|CT 剂量长度乘积（DLP）合计
ct effective dose total|CT 有效剂量合计
ct acquisition|CT 采集
ct acquisition type|CT 采集类型
ct acquisition parameters|CT 采集参数
ct x-ray source parameters|CT 射线源参数
ct dose|CT 剂量
acquisition protocol|采集方案
target region|靶区
scope of accumulation|累计范围
study|检查
study instance uid|检查 UID
has intent|目的
diagnostic intent|诊断
therapeutic intent|治疗
procedure context|检查背景
start of x-ray irradiation|照射开始
end of x-ray irradiation|照射结束
exposure time|照射时间
scanning length|扫描长度
length of reconstructable volume|可重建长度
exposed range|照射范围
nominal single collimation width|单排准直宽度
nominal total collimation width|总准直宽度
pitch factor|螺距
number of x-ray sources|X 射线源数
identification of the x-ray source|射线源标识
kvp|管电压（kVp）
x-ray tube current|管电流
maximum x-ray tube current|最大管电流
exposure time per rotation|每转照射时间
mean ctdivol|平均 CTDIvol
ctdiw phantom type|CTDI 体模类型
dlp|剂量长度乘积（DLP）
effective dose|有效剂量
size specific dose estimation|体型特异剂量估计（SSDE）
spiral acquisition|螺旋采集
sequenced acquisition|轴位采集
constant angle acquisition|定位像采集
stationary acquisition|固定采集
source of dose information|剂量数据来源
automated data collection|自动采集
manual entry|人工录入
dose area product|剂量面积乘积
dose area product total|剂量面积乘积合计
dose (rp)|参考点剂量
dose (rp) total|参考点剂量合计
fluoro dose area product total|透视剂量面积乘积合计
fluoro dose (rp) total|透视参考点剂量合计
acquisition dose area product total|采集剂量面积乘积合计
acquisition dose (rp) total|采集参考点剂量合计
total fluoro time|透视总时间
total number of radiographic frames|曝光总帧数
reference point definition|参考点定义
irradiation event type|照射事件类型
fluoroscopy|透视
stationary acquisition|固定采集
acquisition plane|采集平面
single plane|单平面
plane a|A 平面
plane b|B 平面
positioner primary angle|主角度
positioner secondary angle|次角度
distance source to detector|射线源到探测器距离
distance source to isocenter|射线源到等中心距离
average glandular dose|平均腺体剂量
accumulated average glandular dose|累计平均腺体剂量
entrance exposure at rp|参考点入射照射量
compression thickness|压迫厚度
compression force|压迫力
adult echocardiography procedure report|成人超声心动图报告
echocardiography report|超声心动图报告
ob-gyn ultrasound procedure report|妇产科超声报告
vascular ultrasound procedure report|血管超声报告
simplified echo procedure report|超声心动图报告
patient characteristics|患者特征
left ventricle|左心室
right ventricle|右心室
left atrium|左心房
right atrium|右心房
mitral valve|二尖瓣
aortic valve|主动脉瓣
tricuspid valve|三尖瓣
pulmonic valve|肺动脉瓣
ejection fraction|射血分数
left ventricular ejection fraction|左室射血分数
heart rate|心率
patient height|身高
patient weight|体重
body height|身高
body weight|体重
body surface area|体表面积
systolic blood pressure|收缩压
diastolic blood pressure|舒张压
peak velocity|峰值流速
mean velocity|平均流速
peak gradient|峰值压差
mean gradient|平均压差
velocity time integral|速度时间积分
cardiac output|心输出量
stroke volume|每搏量
fetal biometry|胎儿生物测量
biparietal diameter|双顶径
head circumference|头围
abdominal circumference|腹围
femur length|股骨长
estimated weight|估计体重
gestational age|孕周
amniotic fluid index|羊水指数
crown rump length|头臀长
gestational sac|妊娠囊`;

const meanings: ReadonlyMap<string, string> = new Map(
  table
    .split('\n')
    .filter((row) => row !== '')
    .map((row): [string, string] => {
      const at = row.indexOf('|');
      return [row.slice(0, at), row.slice(at + 1)];
    }),
);

/** The same words where they are not known. */
export function inChinese(meaning: string): string {
  return meanings.get(meaning.trim().replace(/\s+/g, ' ').toLowerCase()) ?? meaning;
}

/** UCUM (PS3.16 CID 82) as people write it. */
const units: ReadonlyMap<string, string> = new Map([
  ['mm2', 'mm²'],
  ['cm2', 'cm²'],
  ['mm3', 'mm³'],
  ['cm3', 'cm³'],
  ['m2', 'm²'],
  ["[hnsf'U]", 'HU'],
  ['Cel', '°C'],
  ['deg', '°'],
  ['mm[Hg]', 'mmHg'],
  ['Gy.m2', 'Gy·m²'],
  ['dGy.cm2', 'dGy·cm²'],
  ['uGy.m2', 'μGy·m²'],
  ['mGy.cm', 'mGy·cm'],
  ['mGycm', 'mGy·cm'],
  ['um', 'μm'],
  ['us', 'μs'],
  ['uGy', 'μGy'],
  ['wk', '周'],
  ['{H.B.}/min', '次/分'],
  ['{beats}/min', '次/分'],
  ['{events}', '次'],
]);

export function unitInWords(ucum: string): string {
  return units.get(ucum) ?? ucum;
}
