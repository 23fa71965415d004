//! What to bring and do for an order, and whom to ask: the parts of the tariff that fit it.

use super::order::{Item, Service};
use super::tariff::{Contact, Note, Procedure, Tariff, When};
use serde::Serialize;
use yinxin_proto::text::Bilingual;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Guidance<'t> {
    /// The ways to get it done, in the order of the tariff.
    pub procedures: Vec<&'t Procedure>,
    /// What to know beside the steps.
    pub notes: Vec<&'t Note>,
    /// What to do where the steps are not described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undescribed: Option<&'t Bilingual>,
    /// Whom to ask, the first one first.
    pub contacts: &'t [Contact],
}

impl<'t> Guidance<'t> {
    /// What fits some of the items.
    pub(super) fn of(items: &[Item], tariff: &'t Tariff) -> Self {
        let fits = |services: &[Service], when: Option<When>, item: &Item| {
            services.contains(&item.service)
                && match (when, item.lapsed()) {
                    (None, _) | (_, None) => true,
                    (Some(When::Lapsed), Some(lapsed)) => lapsed,
                    (Some(When::Valid), Some(lapsed)) => !lapsed,
                }
        };
        let any = |fits: &dyn Fn(&Item) -> bool| items.iter().any(fits);
        Self {
            procedures: tariff
                .procedures
                .iter()
                .filter(|one| any(&|item| fits(&one.services, one.when, item)))
                .collect(),
            notes: tariff
                .notes
                .iter()
                .filter(|note| {
                    any(&|item| {
                        fits(&note.services, note.when, item)
                            && note
                                .holder
                                .is_none_or(|holder| holder == item.role.holder())
                    })
                })
                .collect(),
            undescribed: tariff
                .undescribed
                .as_ref()
                .filter(|some| any(&|item| some.services.contains(&item.service)))
                .map(|some| &some.text),
            contacts: &tariff.contacts,
        }
    }
}
