//! A remote repository over smart HTTP: its refs, and exactly the objects that are asked for.
//!
//! <https://git-scm.com/docs/protocol-v2>. Commits are asked for by their ids, at depth 1 unless their
//! history is wanted, in one round: nothing is negotiated. No ref is written anywhere.

use std::{cell::Cell, num::NonZeroU32, sync::atomic::AtomicBool};

use gix::{
    ObjectId,
    bstr::ByteSlice as _,
    progress::Discard,
    protocol::{
        self, Handshake, LsRefsCommand,
        fetch::{Arguments, Context, Options, Response, Shallow, Tags, negotiate},
        handshake::Ref,
        ls_refs::RefPrefixes,
        transport::{
            Protocol, Service,
            client::{
                TransportWithoutIO as _,
                blocking_io::{
                    Transport, connect,
                    http::{self, options::FollowRedirects},
                },
            },
        },
    },
};

use super::{Access, Error, Listing, Store, fetch::within_time, io, object_id};

/// What of a history is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Nothing but the commits that are named.
    #[default]
    One,
    /// So many commits of each.
    Some(NonZeroU32),
    /// All of it.
    All,
    /// Nothing is said of histories: these are no commits.
    Kept,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Ask<'a> {
    /// Ids of commits, of tags or, without history, of files.
    pub wants: &'a [String],
    /// Commits that are here with everything that is asked for.
    pub haves: &'a [String],
    pub depth: Depth,
    /// What is left out, in git's words, if the remote can leave things out: `blob:none`, `tree:0`.
    pub filter: Option<&'static str>,
    /// The history that comes is to be forgotten: only the objects count.
    pub is_passing: bool,
}

/// A connection to a remote.
pub struct Remote {
    shown: String,
    transport: Box<dyn Transport + Send>,
    handshake: Handshake,
}

impl std::fmt::Debug for Remote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Remote").field("shown", &self.shown).finish_non_exhaustive()
    }
}

fn agent() -> protocol::command::Feature {
    let name = concat!("patchline/", env!("CARGO_PKG_VERSION"));
    ("agent", Some(protocol::agent(name)))
}

impl Remote {
    /// Says hello.
    pub fn connect(access: &Access) -> Result<Self, Error> {
        let what = || format!("failed to reach `{}`", access.shown());
        let url = gix::url::parse(access.url()).map_err(Error::new(what()))?;
        let options = connect::Options { version: Protocol::V2, ..connect::Options::default() };
        let mut transport = connect::connect(url, options).map_err(Error::new(what()))?;
        let configuration = http::Options {
            extra_headers: access.headers(),
            follow_redirects: FollowRedirects::Initial,
            user_agent: Some(concat!("patchline/", env!("CARGO_PKG_VERSION")).to_owned()),
            ..http::Options::default()
        };
        transport.configure(&configuration).map_err(Error::new(what()))?;
        let is_refused = Cell::new(false);
        let handshake = protocol::handshake(
            &mut transport,
            Service::UploadPack,
            |_| {
                is_refused.set(true);
                Ok(None)
            },
            Vec::new(),
            &mut Discard,
        );
        match handshake {
            Ok(handshake) => Ok(Self { shown: access.shown().to_owned(), transport, handshake }),
            // What git says then is about helpers for credentials, which nobody asked.
            Err(_) if is_refused.get() => {
                let what = format!("`{}` answered with 401 Unauthorized", access.shown());
                Err(Error { is_refused: true, ..Error::bare(what) })
            }
            Err(source) => {
                let status = |status: &str| format!("{source:?}").contains(status);
                let is_refused = status("HTTP status 403") || status("HTTP status 404");
                Err(Error { is_refused, ..Error::new(what())(source) })
            }
        }
    }

    /// All branches and tags, and which branch is the default one.
    pub fn list(&mut self) -> Result<Listing, Error> {
        let what = || format!("failed to list the branches and tags of `{}`", self.shown);
        let refs = if let Some(refs) = &self.handshake.refs {
            refs.clone()
        } else {
            let mut prefixes = RefPrefixes::new();
            prefixes.extend(["HEAD", "refs/heads/", "refs/tags/"].map(Into::into));
            LsRefsCommand::new(Some(prefixes), &self.handshake.capabilities, agent())
                .invoke_blocking(&mut self.transport, &mut Discard, false)
                .map_err(Error::new(what()))?
        };
        let mut listing = Listing::default();
        for found in &refs {
            if let Ref::Symbolic { full_ref_name, target, .. } = found
                && full_ref_name == "HEAD"
            {
                listing.default = target.to_str().ok().map(str::to_owned);
            }
            let (name, object, peeled) = found.unpack();
            let Some(object) = object else { continue };
            listing.add(name, object.to_owned(), peeled.unwrap_or(object).to_owned());
        }
        listing.refs.sort();
        Ok(listing)
    }

    /// True if it can leave out what nobody wants.
    pub fn can_filter(&self) -> bool {
        let fetch = self.handshake.capabilities.capability("fetch");
        self.handshake.refs.is_none()
            && fetch.and_then(|fetch| fetch.supports("filter")).unwrap_or(false)
    }

    /// Brings objects into a store.
    pub fn fetch(&mut self, ask: &Ask<'_>, store: &Store) -> Result<(), Error> {
        if ask.wants.is_empty() {
            return Ok(());
        }
        let what = format!("failed to fetch {} from `{}`", named(ask.wants), self.shown);
        within_time(|interrupt| self.receive(ask, store, interrupt).map_err(Error::new(what)))
    }

    fn receive(
        &mut self,
        ask: &Ask<'_>,
        store: &Store,
        interrupt: &AtomicBool,
    ) -> Result<(), gix::Error> {
        let repository = store.repository();
        let place = store.path();
        let mut exactly = Exactly {
            wants: ask.wants.iter().filter_map(|id| object_id(id)).collect(),
            haves: ask.haves.iter().filter_map(|id| object_id(id)).collect(),
            filter: ask.filter,
        };
        let shallow = match ask.depth {
            Depth::One => Shallow::DepthAtRemote(NonZeroU32::MIN),
            Depth::Some(depth) => Shallow::DepthAtRemote(depth),
            Depth::All => Shallow::undo(),
            Depth::Kept => Shallow::NoChange,
        };
        let boundary = place.join(if ask.is_passing { "shallow-passing" } else { "shallow" });
        let options = Options {
            shallow_file: boundary.clone(),
            shallow: &shallow,
            tags: Tags::None,
            reject_shallow_remote: false,
        };
        let context = Context {
            handshake: &mut self.handshake,
            transport: &mut self.transport,
            user_agent: agent(),
            trace_packetlines: false,
        };
        let fetched = protocol::fetch(
            &mut exactly,
            |pack, progress, interrupt| {
                gix::odb::pack::Bundle::write_to_directory(
                    pack,
                    Some(&place.join("objects").join("pack")),
                    progress,
                    interrupt,
                    Some(repository.objects.clone()),
                    gix::hash::Kind::Sha1,
                    gix::odb::pack::bundle::write::Options::default(),
                )?;
                Ok(true)
            },
            Discard,
            interrupt,
            context,
            options,
        );
        if ask.is_passing {
            io::remove(&boundary);
        }
        fetched.map(drop)
    }
}

/// A few ids, short.
fn named(ids: &[String]) -> String {
    const MOST: usize = 3;
    let short = |id: &String| format!("`{}`", id.get(..12).unwrap_or(id));
    let shown: Vec<String> = ids.iter().take(MOST).map(short).collect();
    match ids.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// A negotiation in one round: this is wanted, that is here, done.
struct Exactly {
    wants: Vec<ObjectId>,
    haves: Vec<ObjectId>,
    filter: Option<&'static str>,
}

impl protocol::fetch::Negotiate for Exactly {
    fn mark_complete_and_common_ref(&mut self) -> Result<negotiate::Action, gix::Error> {
        Ok(negotiate::Action::MustNegotiate { remote_ref_target_known: Vec::new() })
    }

    fn add_wants(&mut self, arguments: &mut Arguments, _: &[bool]) -> bool {
        for want in &self.wants {
            arguments.want(want);
        }
        for have in &self.haves {
            arguments.have(have);
        }
        if let Some(filter) = self.filter.filter(|_| arguments.can_use_filter()) {
            arguments.filter(filter);
        }
        !self.wants.is_empty()
    }

    fn one_round(
        &mut self,
        _: &mut negotiate::one_round::State,
        _: &mut Arguments,
        _: Option<&Response>,
    ) -> Result<(negotiate::Round, bool), gix::Error> {
        let haves = self.haves.len();
        let round = negotiate::Round {
            haves_sent: haves,
            in_vain: 0,
            haves_to_send: haves,
            previous_response_had_at_least_one_in_common: false,
        };
        Ok((round, true))
    }
}
