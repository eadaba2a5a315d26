//! A company's own procedures, laid over the built-in ones.

use std::path::Path;

use domain::{OrderKind, Procedure};

use super::{Mapping, MappingError};

impl Mapping {
    /// The procedure orders of a kind are dispatched with from now on.
    pub fn procedure(&self, kind: OrderKind) -> Procedure {
        let own = self.procedures.get(&kind).cloned();
        own.unwrap_or_else(|| Procedure::built_in_for(kind))
    }

    /// This mapping with a file of procedures: a JSON list, as `metercrew-gateway procedures`
    /// prints the built-in ones. Kinds it does not name keep theirs.
    ///
    /// Errors: [`MappingError`], with line and column, or what cannot be worked by.
    pub fn with_procedures(self, path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path).map_err(|cause| MappingError::File {
            path: path.to_owned(),
            cause,
        })?;
        self.with_procedure_text(&text)
    }

    fn with_procedure_text(mut self, text: &str) -> Result<Self, MappingError> {
        let procedures: Vec<Procedure> =
            serde_json::from_str(text).map_err(|error| MappingError::Procedures {
                line: error.line(),
                column: error.column(),
                slip: error.to_string(),
            })?;
        for procedure in procedures {
            procedure.check()?;
            self.procedures.insert(procedure.kind, procedure);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companys_procedure_takes_the_place_of_the_built_in_one_of_its_kind() {
        let mut own = Procedure::built_in_for(OrderKind::Remove);
        own.version = 7;
        let text = serde_json::to_string(&[&own]).unwrap();
        let mapping = Mapping::built_in()
            .unwrap()
            .with_procedure_text(&text)
            .unwrap();
        assert_eq!(mapping.procedure(OrderKind::Remove), own);
        let install = OrderKind::Install;
        assert_eq!(mapping.procedure(install), Procedure::built_in_for(install));
    }

    #[test]
    fn a_slip_is_named_by_line_and_a_procedure_that_leads_nowhere_is_refused() {
        let built_in = Mapping::built_in().unwrap();
        let slip = built_in
            .clone()
            .with_procedure_text("[\n{\"id\": 7}]")
            .unwrap_err();
        assert!(slip.to_string().starts_with("procedures line 2"), "{slip}");
        let mut empty = Procedure::built_in_for(OrderKind::Remove);
        empty.steps.clear();
        let text = serde_json::to_string(&[empty]).unwrap();
        let refused = built_in.with_procedure_text(&text).unwrap_err();
        assert!(refused.to_string().contains("has no steps"), "{refused}");
    }
}
