//! Which runs a list has, and how a journal is asked for them.

use onex::message::RunId;
use rusqlite::types::Value;

use super::RUNS;
use crate::ids::signed;

/// Which runs a list has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFilter {
    /// Of the node of this contract name; of all if `None`.
    pub node: Option<String>,
    /// Of this workflow; of all if `None`.
    pub workflow: Option<String>,
    /// Whose key is this; any if `None`.
    pub key: Option<String>,
    /// In this state, as it is journalled: `paused`; any if `None`.
    pub state: Option<String>,
    /// Only those whose end is not committed: alive or parked.
    pub unfinished: bool,
    /// Only those that were started at this time or later: milliseconds since the Unix epoch.
    pub started_from_unix_ms: Option<u64>,
    /// Only those that were started before this time.
    pub started_before_unix_ms: Option<u64>,
    /// The latest first; else the first one first.
    pub latest_first: bool,
    /// Only those that follow this one in that order: the last of the page before.
    pub after: Option<RunId>,
    /// How many at most.
    pub limit: u32,
}

impl Default for RunFilter {
    /// The first hundred runs.
    fn default() -> Self {
        RunFilter {
            node: None,
            workflow: None,
            key: None,
            state: None,
            unfinished: false,
            started_from_unix_ms: None,
            started_before_unix_ms: None,
            latest_first: false,
            after: None,
            limit: 100,
        }
    }
}

impl RunFilter {
    /// What is asked of the journal, and the values. Nothing is said of what is not asked for, so that each list finds its
    /// index.
    pub(super) fn query(&self) -> (String, Vec<Value>) {
        let (mut sql, mut values) = (format!("{RUNS} WHERE true"), Vec::new());
        let mut and = |clause: &str, value: Value| {
            sql.push_str(" AND ");
            sql.push_str(clause);
            values.push(value);
        };
        let time = |time: u64| Value::Integer(signed(time));
        for (column, text) in
            [("run.workflow", &self.workflow), ("run.key", &self.key), ("run.node", &self.node)]
        {
            if let Some(text) = text {
                and(&format!("{column} = ?"), Value::Text(text.clone()));
            }
        }
        if let Some(from) = self.started_from_unix_ms {
            and("run.started_unix_ms >= ?", time(from));
        }
        if let Some(before) = self.started_before_unix_ms {
            and("run.started_unix_ms < ?", time(before));
        }
        let (follows, order) = if self.latest_first { ("<", "DESC") } else { (">", "ASC") };
        if let Some(after) = self.after {
            and(&format!("run.run {follows} ?"), Value::Text(after.to_string()));
        }
        if let Some(state) = &self.state {
            // Those that have ended say as what; the others have their state looked up.
            and("(run.ended_as IS NULL OR run.ended_as = ?)", Value::Text(state.clone()));
            and("runs.state = ?", Value::Text(state.clone()));
        }
        if self.unfinished {
            sql.push_str(" AND run.ended_unix_ms IS NULL");
        }
        sql.push_str(&format!(" ORDER BY run.run {order} LIMIT {}", self.limit));
        (sql, values)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, params_from_iter};

    use super::*;
    use crate::open::{TABLES, VIEWS};

    fn plan(filter: &RunFilter) -> String {
        let journal = Connection::open_in_memory().expect("memory opens");
        crate::sum::teach(&journal).expect("functions are allowed");
        journal.execute_batch(TABLES).expect("the tables are SQL");
        journal.execute_batch(VIEWS).expect("the views are SQL");
        let (sql, values) = filter.query();
        let mut statement = journal.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect("it is a query");
        // What is looked up for each run sorts the few facts of one.
        let line =
            |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>("parent")?, row.get::<_, String>("detail")?));
        let lines = statement.query_map(params_from_iter(values), line).expect("it has values for all");
        let lines: Vec<_> = lines.map(|line| line.expect("a number and text")).collect();
        let reads_all =
            |line: &&(i64, String)| line.1.starts_with("MATERIALIZE") || line.1.starts_with("SCAN entry");
        assert_eq!(lines.iter().find(reads_all), None, "{lines:?}");
        let lines = lines.into_iter().filter(|(parent, _)| *parent == 0);
        lines.map(|(_, line)| line + "\n").collect()
    }

    #[test]
    fn each_list_finds_its_index() {
        let every = RunFilter::default;
        let key = plan(&RunFilter { key: Some("order-7".into()), ..every() });
        assert!(key.contains("run_by_identity (key=?)"), "{key}");
        let unfinished = plan(&RunFilter { unfinished: true, ..every() });
        assert!(unfinished.contains("run_unfinished"), "{unfinished}");
        let failed = plan(&RunFilter { state: Some("failed".into()), ..every() });
        assert!(failed.starts_with("SCAN run USING INDEX") && !failed.contains("ORDER BY"), "{failed}");
        for latest_first in [false, true] {
            let all = plan(&RunFilter { latest_first, ..every() });
            assert!(!all.contains("ORDER BY"), "{all}");
            let page = plan(&RunFilter { latest_first, after: Some(RunId(uuid::Uuid::nil())), ..every() });
            assert!(page.contains("SEARCH run") && !page.contains("ORDER BY"), "{page}");
        }
    }
}
