//! Two names: told apart, and their differences marked.

use super::*;
use proptest::prelude::*;
use yinxin_proto::text::visible;

fn whole(segments: &[Segment]) -> String {
    segments
        .iter()
        .map(|segment| segment.text.as_str())
        .collect()
}

fn marked(segments: &[Segment]) -> String {
    let other = segments.iter().filter(|segment| !segment.same);
    other
        .map(|segment| segment.text.as_str())
        .collect::<Vec<_>>()
        .join("|")
}

#[test]
fn writing_is_told_from_another_name() {
    for (a, b, likeness, differs) in [
        (UNIT, UNIT, Likeness::Same, ["", ""]),
        (UNIT, " 示例采购有限公司\n", Likeness::Same, ["", ""]),
        (
            "示例（成都）有限公司",
            "示例(成都)有限公司",
            Likeness::WrittenOtherwise,
            ["（|）", "(|)"],
        ),
        (
            "示例〔成都〕公司",
            "示例【成都】公司",
            Likeness::WrittenOtherwise,
            ["〔|〕", "【|】"],
        ),
        (
            "示例 采购有限公司",
            "示例采购有限公司",
            Likeness::WrittenOtherwise,
            [" ", ""],
        ),
        (
            "ＡＢＣ示例公司",
            "abc示例公司",
            Likeness::WrittenOtherwise,
            ["ＡＢＣ", "abc"],
        ),
        (
            "阿依·示例",
            "阿依•示例",
            Likeness::WrittenOtherwise,
            ["·", "•"],
        ),
        (
            "示例\u{200b}公司",
            "示例公司",
            Likeness::WrittenOtherwise,
            ["⟨U+200B⟩", ""],
        ),
        (
            "示例采购有限公司",
            "示例采购有限责任公司",
            Likeness::Different,
            ["", "责任"],
        ),
        (
            "示例（成都）有限公司",
            "示例(绵阳)有限公司",
            Likeness::Different,
            ["成都", "绵阳"],
        ),
        (
            "蓉城示例招标代理有限公司",
            UNIT,
            Likeness::Different,
            ["蓉城|招标代理", "采购"],
        ),
        ("", "示例", Likeness::Different, ["", "示例"]),
    ] {
        let found = compare(a, b);
        assert_eq!(found.likeness, likeness, "{a} / {b}");
        assert_eq!(
            [marked(&found.certificate), marked(&found.account)],
            differs,
            "{a} / {b}"
        );
    }
}

proptest! {
    #[test]
    fn a_comparison_says_all_of_both_names(a in "[示例采购（）() ａa·•]{0,20}|\\PC{0,20}", b in "[示例采购（）() ａa·•]{0,20}|\\PC{0,20}") {
        let found = compare(&a, &b);
        prop_assert_eq!(whole(&found.certificate), visible(a.trim()));
        prop_assert_eq!(whole(&found.account), visible(b.trim()));
        let turned = compare(&b, &a);
        prop_assert_eq!(found.likeness, turned.likeness);
        prop_assert_eq!(found.likeness == Likeness::Same, a.trim() == b.trim());
        // What both are said to have is the same text, as far as it is compared.
        let same = |segments: &[Segment]| -> usize {
            segments.iter().filter(|one| one.same).map(|one| one.text.chars().count()).sum()
        };
        if found.likeness == Likeness::Same {
            prop_assert_eq!(same(&found.certificate), visible(a.trim()).chars().count());
        }
        if found.likeness == Likeness::Different {
            prop_assert!(found.certificate.iter().chain(&found.account).any(|one| !one.same));
        }
        // Segments alternate.
        for pair in found.certificate.windows(2) {
            prop_assert_ne!(pair[0].same, pair[1].same);
        }
    }

    #[test]
    fn width_and_spaces_never_make_another_name(name in "[a-zA-Z0-9()示例公司]{1,30}", at in 0_usize..30) {
        let wide: String = name.chars().map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
            c => c,
        }).collect();
        let mut spaced: Vec<char> = wide.chars().collect();
        spaced.insert(at.min(spaced.len()), '\u{3000}');
        let spaced: String = spaced.into_iter().collect();
        prop_assert_ne!(compare(&name, &spaced).likeness, Likeness::Different);
        let longer = format!("{name}甲");
        prop_assert_eq!(compare(&longer, &spaced).likeness, Likeness::Different);
    }
}
