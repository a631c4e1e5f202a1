"""One writing for a language's several: Russian in Latin letters, Chinese in traditional characters."""

from __future__ import annotations

import re

# Sounds, not letters: what people type for one sound is as different as "щ", "shch", "sch" and "sh".
_SOUNDS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "",
    "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e",
}  # fmt: skip
_SOUND_OF = str.maketrans(_SOUNDS)
_LATIN_HABITS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"4(?=[a-z])|(?<=[a-z])4", "ch"),
        (r"6(?=[a-z])|(?<=[a-z])6", "sh"),
        (r"s[hc]?ch|shh|sch|w", "sh"),
        (r"kh|x", "h"),
        (r"ts|tz", "c"),
        (r"[jy](?=[aou])", "i"),
        (r"[jy]", "i"),
        (r"io", "e"),
        (r"ie", "e"),
        (r"q", "ia"),
        (r"'", ""),
    )
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CYRILLIC_WORD = re.compile("[\u0400-\u04ffa-z]*[\u0400-\u04ff][\u0400-\u04ffa-z]*")
# Latin letters that look like Cyrillic ones, typed or pasted among them.
_LOOKALIKE = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"

_TRADITIONAL = (  # traditional, simplified, traditional, ...
    "訂订單单發发貨货運运費费還还換换貝贝買买賣卖錢钱對对帳账賬账號号碼码電电話话郵邮遞递員员這这個个來来"
    "沒没時时間间們们嗎吗麼么為为請请問问謝谢後后裡里裏里幫帮讓让會会點点開开關关門门實实際际務务機机聯联"
    "繫系係系絡络現现歡欢適适應应該该錯错誤误過过遲迟壞坏損损東东質质數数據据價价優优紅红綠绿藍蓝黃黄顏颜"
    "褲裤裝装髮发記记錄录驗验證证註注冊册銷销戶户頭头網网頁页簡简訊讯資资變变動动處处訴诉經经說说語语聽听"
    "見见覺觉認认識识誰谁幾几週周禮礼總总統统腦脑視视樂乐歲岁國国內内樣样種种線线級级給给結结絕绝細细終终"
    "維维綫线織织學学習习書书寫写讀读課课選选擇择達达進进遠远連连邊边車车軟软較较輕轻輸输轉转辦办農农區区"
    "醫医釋释針针鐘钟鐵铁銀银鎖锁長长隊队陽阳陰阴陳陈險险難难雲云雖虽離离雙双雞鸡靜静響响順顺須须預预領领"
    "題题願愿類类風风飛飞飯饭館馆馬马驚惊髒脏鬧闹魚鱼鳥鸟麗丽齊齐龍龙傳传傷伤億亿儘尽償偿兒儿兩两凍冻則则"
    "剛刚創创劃划劇剧勞劳勢势匯汇協协參参嚇吓嚴严園园圖图圓圆團团報报場场塊块壓压夠够夢梦奪夺奮奋婦妇媽妈"
    "孫孙寧宁審审寬宽將将專专導导屬属師师帶带幣币幹干並并廠厂廣广張张強强彈弹當当從从復复徵征態态慮虑憂忧"
    "懷怀懶懒戰战戲戏執执掃扫採采揮挥擔担擁拥擠挤擾扰攝摄敗败敵敌斷断於于暫暂曉晓曬晒條条極极榮荣構构槍枪"
    "樓楼標标橋桥檔档檢检櫃柜權权歷历歸归殺杀氣气決决減减測测湯汤準准溫温滅灭滿满潔洁濟济灣湾災灾無无煩烦"
    "熱热燈灯爭争爺爷狀状獎奖獨独環环產产畢毕畫画異异療疗盡尽監监盤盘眾众確确祕秘稱称穩稳窮穷筆笔節节範范"
    "籤签糾纠納纳純纯紙纸紀纪約约組组絲丝綁绑緊紧緩缓編编練练縮缩績绩繼继續续罰罚羅罗義义聖圣聞闻聲声職职"
    "肅肃脫脱膠胶臉脸興兴舊旧艦舰藝艺藥药蘋苹蟲虫補补複复規规親亲觀观觸触計计討讨訓训設设許许診诊評评試试"
    "詢询詳详誠诚談谈調调論论諾诺謊谎譯译議议護护豬猪負负財财責责貴贵貼贴賠赔賞赏賺赚購购贈赠贏赢趕赶跡迹"
    "踐践蹤踪軍军載载違违遊游遺遗鄉乡醜丑釣钓鈕钮銅铜錶表鏡镜閉闭閒闲閱阅陸陆階阶隨随隱隐雜杂霧雾頂顶項项"
    "頓顿頻频額额顧顾顯显飲饮餓饿餘余駐驻騎骑騙骗驅驱體体鬆松鮮鲜鹽盐麥麦黨党齡龄"
)
_SIMPLE = str.maketrans(_TRADITIONAL[0::2], _TRADITIONAL[1::2])


def simplify(text: str) -> str:
    """Chinese with its commonest traditional characters written the simplified way."""
    return text.translate(_SIMPLE)


def sound_out(folded: str) -> str:
    """A folded Russian text in Latin letters, the same whether it was typed in Cyrillic or in Latin ones."""
    if _CYRILLIC.search(folded):
        folded = _CYRILLIC_WORD.sub(lambda word: word.group().translate(_LOOKALIKE), folded)
        folded = folded.translate(_SOUND_OF)
    for pattern, sound in _LATIN_HABITS:
        folded = pattern.sub(sound, folded)
    return folded


# How Russian is typed without a Russian keyboard: each habit says what stands for a few letters.
_TYPING_HABITS = tuple(
    str.maketrans({**_SOUNDS, **habit})
    for habit in (
        {"й": "y", "х": "kh", "ц": "ts", "щ": "shch", "ы": "y", "ю": "yu", "я": "ya", "ь": "'"},
        {"й": "j", "х": "h", "ц": "c", "щ": "sch", "ы": "i", "ю": "ju", "я": "ja"},
        {"й": "i", "х": "x", "ц": "ts", "щ": "sh", "ы": "y", "ю": "u", "я": "ya", "ч": "4", "ш": "sh"},
    )
)


def typed_in_latin(russian: str) -> list[str]:
    """A lower-case Russian text as people without a Russian keyboard type it; empty if it has no Cyrillic."""
    if not _CYRILLIC.search(russian):
        return []
    return [russian.translate(habit) for habit in _TYPING_HABITS]
