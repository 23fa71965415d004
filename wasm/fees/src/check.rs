//! What can't be ordered: items as they are written, checked against a tariff.

use super::order::{Item, MAX_DAYS, Number, OrderItem, Role, Service};
use super::tariff::Tariff;
use yinxin_proto::Error;
use yinxin_proto::limits::{MAX_ORDER_COUNT, MAX_ORDER_ITEMS};

impl Item {
    /// Checks an item; `item` is its number, from 1.
    ///
    /// # Errors
    /// The `order-…` codes that name an item.
    pub fn check(item: u32, written: &OrderItem, tariff: &Tariff) -> Result<Self, Error> {
        let cut = |text: &str| -> String { text.chars().take(40).collect() };
        let role = match written.role.trim() {
            "" => Err(Error::OrderRoleMissing { item }),
            word => Role::of_word(word).ok_or_else(|| Error::OrderRoleUnknown {
                item,
                role: cut(word),
            }),
        }?;
        let service = match written.service.trim() {
            "" => Err(Error::OrderServiceMissing { item }),
            word => Service::of_word(word).ok_or_else(|| Error::OrderServiceUnknown {
                item,
                service: cut(word),
            }),
        }?;
        let count = |number: &Option<Number>| match number {
            None => Ok(0),
            Some(Number::Whole(count @ 0..=MAX_COUNT)) => Ok(*count as u32),
            Some(other) => Err(Error::OrderCountInvalid {
                item,
                value: other.to_string(),
                limit: MAX_ORDER_COUNT,
            }),
        };
        let (certificates, seals) = (count(&written.certificates)?, count(&written.seals)?);
        if certificates == 0 && seals == 0 {
            return Err(Error::OrderNothing { item });
        }
        if service.is_for_seals() {
            if seals == 0 {
                return Err(Error::OrderNothing { item });
            }
        } else if certificates == 0 {
            return Err(Error::OrderCertificateMissing { item });
        }

        let remaining_days = match &written.remaining_days {
            None => None,
            Some(_) if service == Service::New => return Err(Error::OrderDaysUnfit { item }),
            Some(number) => {
                // A seal for part of a term needs a part that is left. Where no price depends on
                // them, days only say whether the certificate lasts.
                let (least, most) = if service.is_priced_by_days() {
                    (1, tariff.longest_term_days())
                } else {
                    (-MAX_DAYS, MAX_DAYS)
                };
                match number {
                    Number::Whole(days) if (least.into()..=most.into()).contains(days) => {
                        Some(*days as i32)
                    }
                    other => {
                        return Err(Error::OrderDaysInvalid {
                            item,
                            value: other.to_string(),
                            limit: most.unsigned_abs(),
                        });
                    }
                }
            }
        };

        let needs_years =
            service.has_term() && !(service.is_priced_by_days() && remaining_days.is_some());
        let years = match &written.years {
            None if !needs_years => None,
            // Callers that always write all fields.
            Some(Number::Whole(0)) if !needs_years => None,
            Some(Number::Whole(years)) => tariff
                .terms
                .iter()
                .copied()
                .find(|&term| i64::from(term) == *years),
            _ => None,
        };
        let terms = || tariff.terms_text();
        match &written.years {
            None if needs_years => {
                return Err(Error::OrderYearsMissing {
                    item,
                    terms: terms(),
                });
            }
            Some(number) if years.is_none() && (needs_years || *number != Number::Whole(0)) => {
                return Err(Error::OrderYearsInvalid {
                    item,
                    value: number.to_string(),
                    terms: terms(),
                });
            }
            _ => {}
        }
        Ok(Self {
            role,
            service,
            years: years.filter(|_| needs_years),
            certificates,
            seals,
            remaining_days,
            bidding_class: written.bidding_class,
        })
    }

    /// Checks all items of an order.
    ///
    /// # Errors
    /// The `order-…` codes, for the first item that has one.
    pub fn check_all(written: &[OrderItem], tariff: &Tariff) -> Result<Vec<Self>, Error> {
        if written.is_empty() {
            return Err(Error::OrderEmpty {});
        }
        if written.len() > MAX_ORDER_ITEMS as usize {
            return Err(Error::OrderTooLong {
                limit: MAX_ORDER_ITEMS,
            });
        }
        (1..)
            .zip(written)
            .map(|(number, item)| Self::check(number, item, tariff))
            .collect()
    }
}

const MAX_COUNT: i64 = MAX_ORDER_COUNT as i64;
