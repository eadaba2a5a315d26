//! Crews, operators, supervisors.

use domain::{CrewId, Operator, SupervisorId};
use rusqlite::{Row, params};

use super::Rows;
use super::row::{all, first, json, run, text, to_json};
use crate::Error;
use crate::ledger::{Crew, PeopleTables, Supervisor};

fn crew(row: &Row<'_>) -> Result<Crew, Error> {
    Ok(Crew {
        crew: text(row, "crew")?,
        crew_name: row.get("crew_name")?,
    })
}

fn supervisor(row: &Row<'_>) -> Result<Supervisor, Error> {
    Ok(Supervisor {
        name: text(row, "name")?,
        display_name: row.get("display_name")?,
        role: json(row, "role")?,
        password_hash: row.get("password_hash")?,
    })
}

impl PeopleTables for Rows<'_> {
    fn put_crew(&self, crew: &Crew) -> Result<(), Error> {
        let sql = "INSERT INTO crew (crew, crew_name) VALUES (?1, ?2)
                   ON CONFLICT (crew) DO UPDATE SET crew_name = excluded.crew_name";
        run(self.0, sql, params![crew.crew.as_str(), crew.crew_name])?;
        Ok(())
    }

    fn crews(&self) -> Result<Vec<Crew>, Error> {
        all(
            self.0,
            "SELECT crew, crew_name FROM crew ORDER BY crew",
            [],
            crew,
        )
    }

    fn crew(&self, id: &CrewId) -> Result<Option<Crew>, Error> {
        let sql = "SELECT crew, crew_name FROM crew WHERE crew = ?1";
        first(self.0, sql, [id.as_str()], crew)
    }

    fn put_operator(&self, operator: &Operator, crew: &CrewId) -> Result<(), Error> {
        let sql = "INSERT INTO operator (crew, operator) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        run(self.0, sql, [crew.as_str(), operator.as_str()])?;
        Ok(())
    }

    fn operators(&self, crew: &CrewId) -> Result<Vec<Operator>, Error> {
        let sql = "SELECT operator FROM operator WHERE crew = ?1 ORDER BY operator";
        all(self.0, sql, [crew.as_str()], |row| text(row, "operator"))
    }

    fn put_supervisor(&self, supervisor: &Supervisor) -> Result<(), Error> {
        let sql = "INSERT INTO supervisor (name, display_name, role, password_hash)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (name) DO UPDATE SET display_name = excluded.display_name,
                     role = excluded.role, password_hash = excluded.password_hash";
        let role = to_json("role", &supervisor.role)?;
        let (name, hash) = (supervisor.name.as_str(), &supervisor.password_hash);
        run(
            self.0,
            sql,
            params![name, supervisor.display_name, role, hash],
        )?;
        Ok(())
    }

    fn supervisor(&self, name: &SupervisorId) -> Result<Option<Supervisor>, Error> {
        let sql = "SELECT name, display_name, role, password_hash FROM supervisor WHERE name = ?1";
        first(self.0, sql, [name.as_str()], supervisor)
    }
}
