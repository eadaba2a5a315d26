//! Which blobs are held, and uploads on their way.

use domain::{BlobHash, CrewId, Millis, OrderId};
use rusqlite::{Row, params};

use super::Rows;
use super::row::{all, count, first, hash, millis, run, stored, text, uuid};
use crate::Error;
use crate::ledger::{BlobTables, Upload, UploadId};

const UPLOAD: &str = "SELECT upload, blob, size_bytes, crew, created_at_ms FROM upload";

fn upload(row: &Row<'_>) -> Result<Upload, Error> {
    Ok(Upload {
        upload: UploadId(uuid(row, "upload")?),
        hash: hash(row, "blob")?,
        size_bytes: count(row, "size_bytes")?,
        crew: text(row, "crew")?,
        created_at: millis(row, "created_at_ms")?,
    })
}

impl BlobTables for Rows<'_> {
    fn put_blob(&self, blob: BlobHash, size_bytes: u64, now: Millis) -> Result<(), Error> {
        let sql = "INSERT INTO blob (blob, size_bytes, held_at_ms) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO NOTHING";
        run(
            self.0,
            sql,
            params![blob.as_bytes(), stored(size_bytes)?, now.0],
        )?;
        Ok(())
    }

    fn blob(&self, blob: BlobHash) -> Result<Option<u64>, Error> {
        let sql = "SELECT size_bytes FROM blob WHERE blob = ?1";
        first(self.0, sql, [blob.as_bytes()], |row| {
            count(row, "size_bytes")
        })
    }

    fn is_blob_of_crew(&self, blob: BlobHash, crew: &CrewId) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM order_blob JOIN order_crew USING (order_id)
                   WHERE order_blob.blob = ?1 AND order_crew.crew = ?2 LIMIT 1";
        let found = first(self.0, sql, params![blob.as_bytes(), crew.as_str()], |_| {
            Ok(())
        })?;
        Ok(found.is_some())
    }

    fn missing(&self, order: &OrderId) -> Result<Vec<BlobHash>, Error> {
        let sql = "SELECT order_blob.blob AS missing FROM order_blob LEFT JOIN blob USING (blob)
                   WHERE order_blob.order_id = ?1 AND blob.size_bytes IS NULL ORDER BY 1";
        all(self.0, sql, [order.as_str()], |row| hash(row, "missing"))
    }

    fn put_upload(&self, upload: &Upload) -> Result<(), Error> {
        let sql = "INSERT INTO upload (upload, blob, size_bytes, crew, created_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![
            upload.upload.to_string(),
            upload.hash.as_bytes(),
            stored(upload.size_bytes)?,
            upload.crew.as_str(),
            upload.created_at.0,
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn upload(&self, id: UploadId) -> Result<Option<Upload>, Error> {
        let sql = format!("{UPLOAD} WHERE upload = ?1");
        first(self.0, &sql, [id.to_string()], upload)
    }

    fn upload_of(&self, crew: &CrewId, blob: BlobHash) -> Result<Option<Upload>, Error> {
        let sql = format!("{UPLOAD} WHERE crew = ?1 AND blob = ?2 ORDER BY upload LIMIT 1");
        first(
            self.0,
            &sql,
            params![crew.as_str(), blob.as_bytes()],
            upload,
        )
    }

    fn remove_upload(&self, id: UploadId) -> Result<(), Error> {
        run(
            self.0,
            "DELETE FROM upload WHERE upload = ?1",
            [id.to_string()],
        )?;
        Ok(())
    }

    fn uploads_before(&self, before: Millis) -> Result<Vec<UploadId>, Error> {
        let sql = "SELECT upload FROM upload WHERE created_at_ms < ?1 ORDER BY created_at_ms";
        all(self.0, sql, [before.0], |row| {
            Ok(UploadId(uuid(row, "upload")?))
        })
    }
}
